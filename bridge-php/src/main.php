<?php
declare(strict_types=1);

namespace Winkelbrug\Bridge;

/** Everything begins and ends here: nothing of PHP or the database is ever shown. */
final class Main
{
    public static function run()
    {
        @ini_set('display_errors', '0');
        @ini_set('log_errors', '0');
        @ini_set('zlib.output_compression', '0');
        @ini_set('serialize_precision', '17');
        error_reporting(0);
        ob_start();
        try {
            $request = Request::current();
            $_GET = $_POST = $_COOKIE = $_REQUEST = $_FILES = [];
            $now = time();
            $decision = Gate::decide($request, $now);
        } catch (\Throwable $error) {
            Answer::refuse();
            return;
        }
        if ($decision === Gate::REFUSED) {
            Answer::refuse();
            return;
        }
        if ($decision === Gate::CLOCK) {
            $answer = new Answer($request, 'clock', 403, 'WB1 clock');
            $answer->end(false, null, ['code' => 'clock', 'place' => ''], ['time' => (string) $now]);
            return;
        }
        try {
            Dispatcher::serve($decision, $request, $now);
        } catch (Problem $problem) {
            (new Answer($request, 'none'))->fail($problem->getMessage(), $problem->place());
        } catch (\Throwable $error) {
            (new Answer($request, 'none'))->fail('internal', 'main');
        }
    }
}

Main::run();
