<?php
declare(strict_types=1);

namespace Winkelbrug\Bridge;

/** Keys, key id, and whether a request's signature is right. */
final class Signature
{
    /** First 32 hex digits of SHA-256 over the public key, or of an HMAC with the request key. */
    public static function keyId(): string
    {
        $full = Deployment::VARIANT === 'ecdsa'
            ? hash('sha256', (string) hex2bin(Deployment::PUBLIC_KEY))
            : hash_hmac('sha256', 'WB1 keyid', Deployment::requestKey());
        return substr($full, 0, 32);
    }

    public static function signedBytes(Request $request): string
    {
        return implode("\n", [
            'WB1 request',
            Deployment::BRIDGE_ID,
            $request->key,
            $request->time,
            $request->nonce,
            $request->digest(),
        ]);
    }

    public static function holds(Request $request): bool
    {
        $bytes = self::signedBytes($request);
        if (Deployment::VARIANT === 'hmac') {
            $right = hash_hmac('sha256', $bytes, Deployment::requestKey());
            return strlen($request->signature) === 64 && hash_equals($right, $request->signature);
        }
        if (!function_exists('openssl_verify')) {
            return false;
        }
        $signature = hex2bin($request->signature);
        $pem = "-----BEGIN PUBLIC KEY-----\n"
            . chunk_split(base64_encode((string) hex2bin(Deployment::PUBLIC_KEY)), 64, "\n")
            . "-----END PUBLIC KEY-----\n";
        // 1 is right, 0 is wrong, -1 is an error and would count as true.
        return is_string($signature) && openssl_verify($bytes, $signature, $pem, OPENSSL_ALGO_SHA256) === 1;
    }

    /** A key of its own for each kind of answer. */
    public static function labelKey(string $label): string
    {
        return hash_hmac('sha256', $label, Deployment::answerKey(), true);
    }
}
