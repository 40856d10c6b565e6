/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Functions of librtlsdr 0.6.0 that change nothing of what the stand-in sends. */
#include <rtl-sdr.h>

int rtlsdr_write_eeprom(rtlsdr_dev_t *dev, uint8_t *data, uint8_t offset, uint16_t n)
{
    (void)data;
    return !dev ? -1 : offset + n > 256 ? -2 : -3;
}

int rtlsdr_read_eeprom(rtlsdr_dev_t *dev, uint8_t *data, uint8_t offset, uint16_t n)
{
    return rtlsdr_write_eeprom(dev, data, offset, n);
}

int rtlsdr_set_tuner_bandwidth(rtlsdr_dev_t *dev, uint32_t bw)
{
    (void)bw;
    return dev ? 0 : -1;
}

int rtlsdr_set_tuner_if_gain(rtlsdr_dev_t *dev, int stage, int gain)
{
    (void)stage;
    (void)gain;
    return dev ? 0 : -1;
}

int rtlsdr_set_tuner_gain_mode(rtlsdr_dev_t *dev, int manual)
{
    (void)manual;
    return dev ? 0 : -1;
}

int rtlsdr_set_agc_mode(rtlsdr_dev_t *dev, int on)
{
    (void)on;
    return dev ? 0 : -1;
}

int rtlsdr_set_direct_sampling(rtlsdr_dev_t *dev, int on)
{
    (void)on;
    return dev ? 0 : -1;
}

int rtlsdr_get_direct_sampling(rtlsdr_dev_t *dev)
{
    return dev ? 0 : -1;
}

int rtlsdr_reset_buffer(rtlsdr_dev_t *dev)
{
    return dev ? 0 : -1;
}
