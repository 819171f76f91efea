<?php
declare(strict_types=1);

namespace Winkelbrug\Bridge;

/**
 * The one way in. Nothing of the shop is touched before a request stands here with a right
 * signature and a right time. Only `decide` can make one, and the dispatcher takes nothing else.
 */
final class Gate
{
    const WINDOW = 300;

    const REFUSED = 'refused';
    const CLOCK = 'clock';
    const OPEN = 'open';

    /** @var string */
    private $decision;

    private function __construct(string $decision)
    {
        $this->decision = $decision;
    }

    /** Decides on a request: file, shape, key, signature, address, time; in this order. */
    public static function decide(Request $request, int $now): Gate
    {
        if (!Deployment::sound($now) || !self::wellFormed($request)) {
            return new Gate(self::REFUSED);
        }
        // Both, always: the time a refusal takes does not tell which of them was wrong.
        $known = hash_equals(Signature::keyId(), $request->key);
        $signed = Signature::holds($request);
        if (!$known || !$signed) {
            return new Gate(self::REFUSED);
        }
        if (!Addresses::allowed(Deployment::ALLOW_FROM, $request->address)) {
            return new Gate(self::REFUSED);
        }
        return new Gate(abs($now - (int) $request->time) <= self::WINDOW ? self::OPEN : self::CLOCK);
    }

    public function decision(): string
    {
        return $this->decision;
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
