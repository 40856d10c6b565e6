/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/notify.h"

#define S_NS INT64_C(1000000000)

static int fd = -1;
static char path[64];

/* What systemd would listen on. */
static int setup(void **state)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    char pid[20];
    (void)state;
    (void)snprintf(path, sizeof path, "/tmp/test_notify_%d", (int)getpid());
    (void)snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
    (void)snprintf(pid, sizeof pid, "%d", (int)getpid());
    fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0);
    return fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof address) < 0 ||
           setenv("NOTIFY_SOCKET", path, 1) < 0 || setenv("WATCHDOG_USEC", "20000000", 1) < 0 ||
           setenv("WATCHDOG_PID", pid, 1) < 0;
}

static int teardown(void **state)
{
    (void)state;
    (void)close(fd);
    return unlink(path);
}

static const char *received(void)
{
    static char text[700];
    ssize_t n = recv(fd, text, sizeof text - 1, 0);
    text[n > 0 ? n : 0] = '\0';
    return text;
}

static void need_libsystemd(void)
{
    if (strcmp(notify_version(), "not built in") == 0) {
        print_message("skipped: built without libsystemd\n");
        skip();
    }
}

static void states_are_told(void **state)
{
    (void)state;
    need_libsystemd();
    notify_ready(NULL);
    assert_string_equal(received(), "READY=1");
    notify_ready("listening");
    assert_string_equal(received(), "READY=1\nSTATUS=listening");
    notify_status("two\nWATCHDOG=1");
    assert_string_equal(received(), "STATUS=two WATCHDOG=1");
    char text[1000];
    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    notify_status(text);
    assert_int_equal(strlen(received()), 599);
    notify_stopping();
    assert_string_equal(received(), "STOPPING=1");
    assert_string_equal(received(), "");
}

static void the_watchdog_is_fed_while_the_work_is_done(void **state)
{
    (void)state;
    need_libsystemd();
    struct notify n;
    int n_fed = 0;
    notify_init(&n, 60, 100 * S_NS);
    assert_true(n.watchdog_ns == 20 * S_NS);
    for (int64_t t = 100 * S_NS; t < 200 * S_NS; t += S_NS / 4) {
        notify_samples(&n, t);
        notify_commit(&n, t);
        if (!notify_tick(&n, t))
            continue;
        n_fed++;
        assert_string_equal(received(), "WATCHDOG=1"); /* a full socket would block */
    }
    assert_true(n_fed >= 19 && n_fed <= 20); /* every 5 s */
}

static void without_samples_it_starves(void **state)
{
    (void)state;
    need_libsystemd();
    struct notify n;
    int64_t last = 0;
    notify_init(&n, 0, 0);
    for (int64_t t = 0; t < 200 * S_NS; t += S_NS) {
        if (t < 50 * S_NS)
            notify_samples(&n, t);
        if (notify_tick(&n, t)) {
            last = t;
            assert_string_equal(received(), "WATCHDOG=1");
        }
    }
    assert_true(last >= 50 * S_NS && last <= 70 * S_NS);
}

static void without_commits_it_starves(void **state)
{
    (void)state;
    need_libsystemd();
    struct notify n;
    int64_t last = 0;
    notify_init(&n, 90, 0);
    for (int64_t t = 0; t < 300 * S_NS; t += S_NS) {
        notify_samples(&n, t);
        if (t < 50 * S_NS)
            notify_commit(&n, t);
        if (notify_tick(&n, t)) {
            last = t;
            assert_string_equal(received(), "WATCHDOG=1");
        }
    }
    assert_true(last >= 130 * S_NS && last <= 140 * S_NS);
}

static void without_systemd_nothing_happens(void **state)
{
    (void)state;
    struct notify n;
    assert_int_equal(unsetenv("WATCHDOG_USEC"), 0);
    assert_int_equal(unsetenv("NOTIFY_SOCKET"), 0);
    notify_init(&n, 60, 0);
    notify_samples(&n, S_NS);
    assert_false(notify_tick(&n, 1000 * S_NS));
    notify_ready("x");
    assert_string_equal(received(), "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(states_are_told),
        cmocka_unit_test(the_watchdog_is_fed_while_the_work_is_done),
        cmocka_unit_test(without_samples_it_starves),
        cmocka_unit_test(without_commits_it_starves),
        cmocka_unit_test(without_systemd_nothing_happens),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
