/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Dongles as a kernel would show them, in a folder of the test. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "hw/dongle.h"

static char root[64];

static void make(const char *format, const char *device, const char *name, const char *text)
{
    char path[400], part[400];
    (void)snprintf(path, sizeof path, "%s/", root);
    (void)snprintf(path + strlen(path), sizeof path - strlen(path), "%s/%s/%s", format, device,
                   name);
    for (size_t i = 1; path[i]; i++) { /* every folder on the way */
        if (path[i] != '/')
            continue;
        memcpy(part, path, i);
        part[i] = '\0';
        (void)mkdir(part, 0755);
    }
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    assert_true(fputs(text, f) >= 0);
    assert_int_equal(fclose(f), 0);
}

static int make_root(void **state)
{
    (void)state;
    (void)snprintf(root, sizeof root, "/tmp/test_dongle_XXXXXX");
    return mkdtemp(root) ? 0 : -1;
}

static int remove_root(void **state)
{
    (void)state;
    char command[100];
    (void)snprintf(command, sizeof command, "rm -rf '%s'", root);
    return system(command);
}

#define DEVICES "sys/bus/usb/devices"

static void a_dongle_is_found_with_its_driver_and_speed(void **state)
{
    (void)state;
    char path[400];
    struct dongle_usb usb[4];
    assert_int_equal(dongle_usb_list(root, usb, 4), -ENOENT);
    make(DEVICES, "1-1", "idVendor", "046d\n");
    make(DEVICES, "1-1", "idProduct", "c31c\n"); /* a keyboard */
    make(DEVICES, "1-2", "idVendor", "0bda\n");
    make(DEVICES, "1-2", "idProduct", "2838\n");
    make(DEVICES, "1-2", "serial", "00000042\n");
    make(DEVICES, "1-2", "speed", "12\n");
    make(DEVICES, "1-2", "busnum", "1\n");
    make(DEVICES, "1-2", "devnum", "4\n");
    make(DEVICES, "1-2:1.0", "bInterfaceNumber", "00\n");
    make(DEVICES, "1-2/1-2:1.0", "bInterfaceNumber", "00\n");
    (void)snprintf(path, sizeof path, "%s/" DEVICES "/1-2/1-2:1.0/driver", root);
    assert_int_equal(symlink("../../../drivers/dvb_usb_rtl28xxu", path), 0);
    assert_int_equal(dongle_usb_list(root, usb, 4), 1);
    assert_string_equal(usb[0].id, "0bda:2838");
    assert_string_equal(usb[0].serial, "00000042");
    assert_string_equal(usb[0].driver, "dvb_usb_rtl28xxu");
    assert_string_equal(usb[0].node, "/dev/bus/usb/001/004");
    assert_true(usb[0].speed_mbit > 11 && usb[0].speed_mbit < 13);
    assert_false(usb[0].node_exists);
    assert_false(usb[0].node_writable);
    make("dev/bus/usb", "001", "004", "");
    assert_int_equal(dongle_usb_list(root, usb, 4), 1);
    assert_true(usb[0].node_exists);
    assert_true(usb[0].node_writable);
    if (geteuid() != 0) { /* root may write to anything */
        (void)snprintf(path, sizeof path, "%s/dev/bus/usb/001/004", root);
        assert_int_equal(chmod(path, 0444), 0);
        assert_int_equal(dongle_usb_list(root, usb, 4), 1);
        assert_false(usb[0].node_writable);
    }
    assert_int_equal(dongle_usb_list(root, usb, 0), 0);
}

static void a_module_is_found_by_its_whole_name(void **state)
{
    (void)state;
    assert_false(dongle_module_loaded(root, "dvb_usb_rtl28xxu"));
    make("proc", ".", "modules", "dvb_usb_rtl28xxu_other 1 0 - Live 0x0\nsnd 2 1 - Live 0x0\n");
    assert_false(dongle_module_loaded(root, "dvb_usb_rtl28xxu"));
    make("proc", ".", "modules", "snd 2 1 - Live 0x0\ndvb_usb_rtl28xxu 36864 0 - Live 0x0\n");
    assert_true(dongle_module_loaded(root, "dvb_usb_rtl28xxu"));
}

static void results_of_opening_are_sentences(void **state)
{
    (void)state;
    char err[400];
    assert_int_equal(dongle_open_error(0, true, 0, err, sizeof err), 0);
    assert_int_equal(dongle_open_error(0, false, 0, err, sizeof err), -EBUSY);
    assert_non_null(strstr(err, "blacklist dvb_usb_rtl28xxu"));
    assert_int_equal(dongle_open_error(-3, false, 0, err, sizeof err), -EACCES);
    assert_non_null(strstr(err, "plugdev"));
    assert_int_equal(dongle_open_error(-6, false, 1, err, sizeof err), -EBUSY);
    assert_non_null(strstr(err, "dongle 1 is used by another program"));
    assert_int_equal(dongle_open_error(-4, false, 0, err, sizeof err), -ENODEV);
    assert_non_null(strstr(err, "just unplugged"));
    assert_int_equal(dongle_open_error(-99, false, 0, err, sizeof err), -ENODEV);
}

static void only_a_blog_v4_is_one(void **state)
{
    (void)state;
    assert_true(dongle_is_blog_v4("RTLSDRBlog", "Blog V4"));
    assert_false(dongle_is_blog_v4("RTLSDRBlog", "Blog V3"));
    assert_false(dongle_is_blog_v4("Realtek", "Blog V4"));
    assert_false(dongle_is_blog_v4("", ""));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_dongle_is_found_with_its_driver_and_speed, make_root,
                                        remove_root),
        cmocka_unit_test_setup_teardown(a_module_is_found_by_its_whole_name, make_root,
                                        remove_root),
        cmocka_unit_test(results_of_opening_are_sentences),
        cmocka_unit_test(only_a_blog_v4_is_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
