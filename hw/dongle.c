/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hw/dongle.h"

#include <rtl-sdr.h>

int dongle_count(void)
{
    return (int)rtlsdr_get_device_count();
}
