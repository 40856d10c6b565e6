/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rtltcp_greeting.h"

#include <errno.h>
#include <string.h>

static uint32_t get_u32be(const uint8_t *oct)
{
    return (uint32_t)oct[0] << 24 | (uint32_t)oct[1] << 16 | (uint32_t)oct[2] << 8 | oct[3];
}

/* "RTL0" tttt gggg: t tuner type, g number of gain steps, both most significant octet first */
int rtltcp_greeting_parse(const uint8_t oct[RTLTCP_GREETING_OCT], struct rtltcp_greeting *ret)
{
    if (memcmp(oct, "RTL0", 4) != 0)
        return -EPROTO;
    ret->tuner = get_u32be(oct + 4);
    ret->n_gains = get_u32be(oct + 8);
    return 0;
}

void rtltcp_command_format(enum rtltcp_command command, uint32_t value,
                           uint8_t ret[RTLTCP_COMMAND_OCT])
{
    ret[0] = (uint8_t)command;
    for (int i = 0; i < 4; i++)
        ret[1 + i] = (uint8_t)(value >> (24 - 8 * i));
}
