/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rtltcp_greeting - the twelve octets with which an rtl_tcp server begins.
 *
 * thread pure functions
 */
#ifndef HW_RTLTCP_GREETING_H
#define HW_RTLTCP_GREETING_H

#include <stddef.h>
#include <stdint.h>

#define RTLTCP_GREETING_OCT 12
#define RTLTCP_COMMAND_OCT  5

struct rtltcp_greeting {
    uint32_t tuner; /* enum tuner_type, if it is one of them */
    uint32_t n_gains;
};

enum rtltcp_command {
    RTLTCP_FREQ = 0x01,
    RTLTCP_RATE = 0x02,
    RTLTCP_GAIN_MODE = 0x03, /* 1: by hand */
    RTLTCP_GAIN = 0x04,      /* 0.1 dB */
    RTLTCP_AGC = 0x08,
    RTLTCP_OFFSET_TUNING = 0x0a,
    RTLTCP_TUNER_XTAL = 0x0c,
    RTLTCP_BIAS_TEE = 0x0e
};

/* 0; -EPROTO when it does not begin with RTL0. */
int rtltcp_greeting_parse(const uint8_t oct[RTLTCP_GREETING_OCT], struct rtltcp_greeting *ret);
void rtltcp_command_format(enum rtltcp_command command, uint32_t value,
                           uint8_t ret[RTLTCP_COMMAND_OCT]);

#endif
