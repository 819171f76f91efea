<?php
declare(strict_types=1);

namespace Winkelbrug\Bridge;

/**
 * What was filled in for this one upload. Nothing here can be chosen by a request.
 * With the ecdsa variant nothing here can be used to sign a request either.
 */
final class Deployment
{
    // PHP quotes the first 30 characters of a text that a cut upload left open: these stand before each
    // secret, so that such a message shows nothing of it.
    const FILLER = '--------------------------------';

    const BRIDGE_ID = '{{BRIDGE_ID}}';
    const VARIANT = '{{VARIANT}}';
    const PUBLIC_KEY = '{{PUBLIC_KEY}}';
    const SCOPES = '{{SCOPES}}';
    const END_DATE = '{{END_DATE}}';
    const PLATFORM = '{{PLATFORM}}';
    const SHOP_ROOT = '{{SHOP_ROOT}}';
    const CONFIG_FILE = '{{CONFIG_FILE}}';
    const TABLE_PREFIX = '{{TABLE_PREFIX}}';
    const TIME_ZONE = '{{TIME_ZONE}}';
    const ALLOW_FROM = '{{ALLOW_FROM}}';
    const STOCK_ZERO_CAP = '{{STOCK_ZERO_CAP}}';
    const REQUEST_KEY = '--------------------------------{{REQUEST_KEY}}';
    const ANSWER_KEY = '--------------------------------{{ANSWER_KEY}}';

    /** Is everything filled in, one algorithm and one key, and not past the end date? */
    public static function sound(int $now): bool
    {
        $hex = '/^[0-9a-f]{64}$/D';
        if (preg_match('/^[0-9a-f]{32}$/D', self::BRIDGE_ID) !== 1 || preg_match($hex, self::secret(self::ANSWER_KEY)) !== 1) {
            return false;
        }
        if (preg_match('/^[0-9]{10}$/D', self::END_DATE) !== 1 || $now > (int) self::END_DATE) {
            return false;
        }
        if (preg_match('/^[0-9]{1,6}$/D', self::STOCK_ZERO_CAP) !== 1) {
            return false;
        }
        foreach ([self::SCOPES, self::SHOP_ROOT, self::CONFIG_FILE, self::TABLE_PREFIX, self::TIME_ZONE, self::ALLOW_FROM] as $value) {
            if (strpos($value, '{') !== false) {
                return false;
            }
        }
        $key = self::secret(self::REQUEST_KEY);
        if (self::VARIANT === 'ecdsa') {
            return preg_match('/^[0-9a-f]{182}$/D', self::PUBLIC_KEY) === 1 && $key === '';
        }
        return self::VARIANT === 'hmac' && preg_match($hex, $key) === 1 && self::PUBLIC_KEY === '';
    }

    /** Bytes of the key that signs requests in the hmac variant. */
    public static function requestKey(): string
    {
        return (string) hex2bin(self::secret(self::REQUEST_KEY));
    }

    /** Bytes of the key from which the answers' keys are made. */
    public static function answerKey(): string
    {
        return (string) hex2bin(self::secret(self::ANSWER_KEY));
    }

    private static function secret(string $filled): string
    {
        return (string) substr($filled, strlen(self::FILLER));
    }

    /** May this file serve that scope? */
    public static function allows(string $scope): bool
    {
        return in_array($scope, explode(',', self::SCOPES), true);
    }
}
