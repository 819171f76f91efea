<?php
declare(strict_types=1);

namespace Winkelbrug\Bridge;

/** Streams an answer line by line and closes it with its MAC. */
final class Answer
{
    const VERSION = '0.1.0';

    /** @var resource|\HashContext */
    private $mac;
    /** @var int */
    private $records = 0;
    /** @var int */
    private $bytes = 0;
    /** @var int */
    private $status;
    /** @var string */
    private $pending = '';
    /** @var bool */
    private $started = false;
    /** @var bool */
    private $ended = false;

    public function __construct(Request $request, string $operation, int $status = 200, string $label = 'WB1 answer')
    {
        $this->status = $status;
        $this->mac = hash_init('sha256', HASH_HMAC, Signature::labelKey($label));
        hash_update($this->mac, implode("\n", [$label, Deployment::BRIDGE_ID, $request->nonce, $request->digest()]) . "\n");
        // With each answer, so that a file somebody changed is never worked with, not even for a day.
        $own = $label === 'WB1 answer' ? ['file' => (string) hash_file('sha256', __FILE__)] : [];
        $this->write('{"winkelbrug":1,' . substr(self::json(['op' => $operation, 'version' => self::VERSION] + $own), 1) . "\n");
    }

    /** One record, one line. */
    public function record(array $record)
    {
        $this->write(self::json($record) . "\n");
        $this->records++;
    }

    public function records(): int
    {
        return $this->records;
    }

    /** Bytes so far. */
    public function bytes(): int
    {
        return $this->bytes;
    }

    /** Closes the answer. `$extra` may hold `next` and figures of that kind of answer. */
    public function end(bool $more = false, $next = null, $error = null, array $extra = [])
    {
        $this->ended = true;
        $end = ['records' => $this->records, 'more' => $more, 'next' => $next, 'error' => $error] + $extra;
        $bytes = '{"end":' . self::json($end);
        $this->write($bytes);
        $this->send(',"mac":"' . hash_final($this->mac) . "\"}\n");
        $this->flush();
    }

    /** Ends with an error; what went before it is still counted. */
    public function fail(string $code, string $place = '')
    {
        $this->end(false, null, ['code' => $code, 'place' => $place]);
    }

    /** PHP stops for its own reasons (time, memory): at least that is said. */
    public function cut()
    {
        if (!$this->ended) {
            $this->fail('internal', 'cut');
        }
    }

    private function write(string $bytes)
    {
        hash_update($this->mac, $bytes);
        $this->send($bytes);
    }

    private function send(string $bytes)
    {
        $this->bytes += strlen($bytes);
        $this->pending .= $bytes;
        if (strlen($this->pending) > 65536) {
            $this->flush();
        }
    }

    private function flush()
    {
        if (!$this->started) {
            $this->started = true;
            self::headers($this->status, 'application/x-ndjson; charset=utf-8');
        }
        echo $this->pending;
        $this->pending = '';
        flush();
    }

    /** Throws away what others printed before us, then says what comes. */
    public static function headers(int $status, string $type)
    {
        while (ob_get_level() > 0 && @ob_end_clean()) {
            continue;
        }
        if (headers_sent()) {
            return;
        }
        http_response_code($status);
        header('Content-Type: ' . $type);
        if (function_exists('header_remove')) {
            header_remove('X-Powered-By');
        }
        header('Cache-Control: no-store');
        header('X-Robots-Tag: noindex');
        header('X-Content-Type-Options: nosniff');
    }

    private static function json(array $value): string
    {
        $flags = JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE | JSON_PARTIAL_OUTPUT_ON_ERROR;
        if (defined('JSON_INVALID_UTF8_SUBSTITUTE')) {
            $flags |= JSON_INVALID_UTF8_SUBSTITUTE;
        }
        $json = json_encode($value, $flags);
        if (json_last_error() === JSON_ERROR_UTF8) {
            // PHP before 7.2 cannot substitute by itself.
            array_walk_recursive($value, [self::class, 'mend']);
            $json = json_encode($value, $flags);
        }
        return (string) $json;
    }

    /** Puts a replacement character for each byte of a text that is no UTF-8. */
    private static function mend(&$value)
    {
        if (is_string($value) && preg_match('//u', $value) !== 1) {
            $value = (string) preg_replace('/[\x80-\xff]/', "\xef\xbf\xbd", $value);
        }
    }

    /** The one refusal: the same bytes whatever was wrong. */
    public static function refuse()
    {
        self::headers(403, 'text/plain; charset=utf-8');
        echo "winkelbrug-bridge: refused\n";
    }
}
