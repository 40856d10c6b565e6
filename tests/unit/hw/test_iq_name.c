/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/utc.h"
#include "hw/iq_source.h"

static void expect(const char *name, enum iq_format format, double rate_hz, double center_hz,
                   const char *start)
{
    struct iq_source_info info;
    char utc[UTC_TEXT_CAP];
    iq_name_guess(name, &info);
    utc_format(info.start_utc_us, utc);
    double d_rate = info.rate_hz - rate_hz, d_center = info.center_hz - center_hz;
    if (info.format != format || d_rate * d_rate > 0.25 || d_center * d_center > 0.25 ||
        strcmp(utc, start) != 0)
        fail_msg("'%s': %s, %.1f Hz, %.1f Hz, '%s'", name, iq_format_name(info.format),
                 info.rate_hz, info.center_hz, utc);
    assert_int_equal(info.guessed_rate, rate_hz > 0);
    assert_int_equal(info.guessed_center, center_hz > 0);
    assert_int_equal(info.guessed_format, format != IQ_FORMAT_UNKNOWN);
    assert_int_equal(info.guessed_start, start[0] != '\0');
}

static void habits_of_the_field_are_known(void **state)
{
    (void)state;
    expect("/data/GSMSP_941.0MHz_500k.cfile", IQ_CF32, 500e3, 941e6, "");
    expect("GSMSP_941MHz_4M.cfile", IQ_CF32, 4e6, 941e6, "");
    expect("vf_call6_a725_d174_g5_Kc1EF00BAB3BAC7002.cfile", IQ_CF32, 100e6 / 174, 1847.8e6, "");
    expect("a20_d200.cfile", IQ_CF32, 500e3, 939e6, "");
    expect("gqrx_20150303_122423_935200000_2400000_fc.raw", IQ_CF32, 2.4e6, 935.2e6,
           "2015-03-03T12:24:23.000Z");
    expect("g001_868M_1024k.cu8", IQ_CU8, 1024e3, 868e6, "");
    expect("gsm_935.2MHz_2.4Msps.bin", IQ_FORMAT_UNKNOWN, 2.4e6, 935.2e6, "");
    expect("SDRSharp_20150303_122423Z_935000kHz_IQ.s16", IQ_CS16, 0, 935e6,
           "2015-03-03T12:24:23.000Z");
    expect("cell 20261122T152438Z 936.2MHz 2.4M.cs8", IQ_CS8, 2.4e6, 936.2e6,
           "2026-11-22T15:24:38.000Z");
}

static void names_of_wav_files_are_known(void **state)
{
    (void)state;
    expect("SDRSharp_20150303_122423Z_935000kHz_IQ.wav", IQ_FORMAT_UNKNOWN, 0, 935e6,
           "2015-03-03T12:24:23.000Z");
    expect("HDSDR_20261122_152438Z_936200kHz_RF.wav", IQ_FORMAT_UNKNOWN, 0, 936.2e6,
           "2026-11-22T15:24:38.000Z");
    expect("SDRuno_20200912_172321Z_936200kHz.wav", IQ_FORMAT_UNKNOWN, 0, 936.2e6,
           "2020-09-12T17:23:21.000Z");
    /* SDR++ writes local time: nobody can tell which */
    expect("baseband_936200000Hz_15-24-38_22-11-2026.wav", IQ_FORMAT_UNKNOWN, 0, 936.2e6, "");
    expect("gqrx_20150303_122423_935200000_2400000_fc.sigmf-data", IQ_CF32, 2.4e6, 935.2e6,
           "2015-03-03T12:24:23.000Z");
}

static void names_that_tell_nothing_give_nothing(void **state)
{
    (void)state;
    expect("capture.bin", IQ_FORMAT_UNKNOWN, 0, 0, "");
    expect("", IQ_FORMAT_UNKNOWN, 0, 0, "");
    expect("-", IQ_FORMAT_UNKNOWN, 0, 0, "");
    expect("recording-2.cu8", IQ_CU8, 0, 0, "");
    expect("a725.cfile", IQ_CF32, 0, 0, "");
    expect("20150303_999999Z.cu8", IQ_CU8, 0, 0, "");
    expect("gqrx_20150303_122423_935200000_x_fc.raw", IQ_FORMAT_UNKNOWN, 0, 0, "");
    expect("gqrx_2015", IQ_FORMAT_UNKNOWN, 0, 0, "");
    expect("x_infM_nank.cu8", IQ_CU8, 0, 0, "");
}

static void folder_names_do_not_count(void **state)
{
    (void)state;
    expect("/data/941MHz_500k.cu8/x.cs8", IQ_CS8, 0, 0, "");
}

static void first_of_two_values_is_taken(void **state)
{
    (void)state;
    expect("935MHz_941MHz_2M_1M.cu8", IQ_CU8, 2e6, 935e6, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(habits_of_the_field_are_known),
        cmocka_unit_test(names_of_wav_files_are_known),
        cmocka_unit_test(names_that_tell_nothing_give_nothing),
        cmocka_unit_test(folder_names_do_not_count),
        cmocka_unit_test(first_of_two_values_is_taken),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
