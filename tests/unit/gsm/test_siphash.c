/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit/gsm/cmocka_all.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>

#include "gsm/siphash.h"
#include "unit/gsm/hex.h"

/* Appendix A of the paper: key 00..0f, message 00..0e. */
static void the_papers_example_comes_out(void **state)
{
    uint8_t key[16], message[15];
    (void)state;
    for (uint8_t i = 0; i < 16; i++) {
        key[i] = i;
    }
    memcpy(message, key, sizeof(message));
    assert_true(siphash_run(key, message, sizeof(message)) == 0xa129ca6149be45e5u);
}

static uint64_t libcrypto_siphash(const uint8_t key[16], const uint8_t *data, size_t n_oct)
{
    uint8_t out[8];
    size_t n_out = 0;
    size_t n_wanted = sizeof(out);
    EVP_MAC *mac = EVP_MAC_fetch(NULL, "SIPHASH", NULL);
    EVP_MAC_CTX *ctx = EVP_MAC_CTX_new(mac);
    OSSL_PARAM params[] = {OSSL_PARAM_construct_size_t(OSSL_MAC_PARAM_SIZE, &n_wanted),
                           OSSL_PARAM_construct_end()};
    assert_int_equal(EVP_MAC_init(ctx, key, 16, params), 1);
    assert_int_equal(EVP_MAC_update(ctx, data, n_oct), 1);
    assert_int_equal(EVP_MAC_final(ctx, out, &n_out, sizeof(out)), 1);
    EVP_MAC_CTX_free(ctx);
    EVP_MAC_free(mac);
    uint64_t value = 0;
    for (int i = 7; i >= 0; i--) {
        value = value << 8 | out[i];
    }
    return value;
}

static void libcrypto_agrees_for_every_length(void **state)
{
    uint8_t key[16], data[40];
    uint64_t seed = 1;
    (void)state;
    for (size_t n_oct = 0; n_oct <= sizeof(data); n_oct++) {
        hex_fill_random(&seed, key, sizeof(key));
        hex_fill_random(&seed, data, sizeof(data));
        assert_true(siphash_run(key, data, n_oct) == libcrypto_siphash(key, data, n_oct));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_papers_example_comes_out),
        cmocka_unit_test(libcrypto_agrees_for_every_length),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
