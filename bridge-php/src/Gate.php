<?php
declare(strict_types=1);

namespace Winkelbrug\Bridge;

/**
 * The one way in. Nothing of the shop is touched before a request stands here with a right
 * signature and a right time.
 */
final class Gate
{
    const WINDOW = 300;

    const REFUSED = 'refused';
    const CLOCK = 'clock';
    const OPEN = 'open';

    /** Decides on a request: shape, key, signature, address, time; in this order. */
    public static function decide(Request $request, int $now): string
    {
        if (!Deployment::sound($now) || !self::wellFormed($request)) {
            return self::REFUSED;
        }
        if (!hash_equals(Signature::keyId(), $request->key) || !Signature::holds($request)) {
            return self::REFUSED;
        }
        if (!Addresses::allowed(Deployment::ALLOW_FROM, $request->address)) {
            return self::REFUSED;
        }
        return abs($now - (int) $request->time) <= self::WINDOW ? self::OPEN : self::CLOCK;
    }

    private static function wellFormed(Request $request): bool
    {
        $signature = Deployment::VARIANT === 'hmac' ? '/^[0-9a-f]{64}$/D' : '/^(?:[0-9a-f]{2}){8,72}$/D';
        return $request->method === 'POST'
            && strlen($request->body) <= Request::LARGEST_BODY
            && preg_match('/^[0-9a-f]{32}$/D', $request->key) === 1
            && preg_match('/^[0-9]{10}$/D', $request->time) === 1
            && preg_match('/^[0-9a-f]{32}$/D', $request->nonce) === 1
            && preg_match($signature, $request->signature) === 1;
    }
}
