<?php
declare(strict_types=1);

namespace Winkelbrug\Bridge;

/** One request as it came: method, raw body and our four headers. Nothing else of it is ever looked at. */
final class Request
{
    const LARGEST_BODY = 65536;

    /** @var string */
    public $method;
    /** @var string */
    public $body;
    /** @var string */
    public $key;
    /** @var string */
    public $time;
    /** @var string */
    public $nonce;
    /** @var string */
    public $signature;
    /** @var string */
    public $address;

    public function __construct(string $method, string $body, string $key, string $time, string $nonce, string $signature, string $address)
    {
        $this->method = $method;
        $this->body = $body;
        $this->key = $key;
        $this->time = $time;
        $this->nonce = $nonce;
        $this->signature = $signature;
        $this->address = $address;
    }

    /** Reads the request of this process, at most one byte more than is allowed. */
    public static function current(): Request
    {
        $method = self::server('REQUEST_METHOD');
        $length = self::server('CONTENT_LENGTH');
        $body = '';
        if ($method === 'POST' && (int) $length <= self::LARGEST_BODY) {
            $read = file_get_contents('php://input', false, null, 0, self::LARGEST_BODY + 1);
            $body = is_string($read) ? $read : '';
        } elseif ($method === 'POST') {
            $body = str_repeat(' ', self::LARGEST_BODY + 1);
        }
        return new Request(
            $method,
            $body,
            self::server('HTTP_X_WINKELBRUG_KEY'),
            self::server('HTTP_X_WINKELBRUG_TIME'),
            self::server('HTTP_X_WINKELBRUG_NONCE'),
            self::server('HTTP_X_WINKELBRUG_SIGNATURE'),
            self::server('REMOTE_ADDR')
        );
    }

    /** One server variable as text; anything else counts as absent. */
    private static function server(string $name): string
    {
        return isset($_SERVER[$name]) && is_string($_SERVER[$name]) ? $_SERVER[$name] : '';
    }

    public function digest(): string
    {
        return hash('sha256', $this->body);
    }
}
