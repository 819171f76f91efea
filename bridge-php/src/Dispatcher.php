<?php
declare(strict_types=1);

namespace Winkelbrug\Bridge;

/** From a request that passed the gate to its answer. */
final class Dispatcher
{
    /** Operation => the scopes of which one must be in the file; an empty list = always. */
    const OPERATIONS = [
        'hello' => [],
        'lookups' => [],
        'orders' => ['orders.read'],
        'order' => ['orders.read'],
        'totals' => ['orders.read'],
        'customers' => ['customers.read'],
        'products' => ['products.read'],
        'stock_read' => ['products.read', 'stock.write'],
        'stock_set' => ['stock.write'],
        'remove' => [],
    ];

    const MOMENT = '/^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,9})?Z$/D';
    const ID = '/^[0-9]{1,18}$/D';
    const STOCK_KEY = '/^[po]:[0-9]{1,18}$/D';
    const AMOUNT = '/^-?[0-9]{1,12}(?:\.[0-9]{1,6})?$/D';

    /** @var Request */
    private $request;
    /** @var int */
    private $now;
    /** @var Budget */
    private $budget;
    /** @var Database */
    private $database;
    /** @var State */
    private $state;
    /** @var Platform */
    private $shop;
    /** @var Answer */
    private $answer;
    /** @var bool */
    private $readOnly = false;
    /** @var array|null */
    private $otherReader;

    private function __construct(Request $request, int $now)
    {
        $this->request = $request;
        $this->now = $now;
        $this->budget = new Budget();
    }

    /** Answers a request the gate let through; `$decision` is the gate's own word for it. */
    public static function serve(string $decision, Request $request, int $now)
    {
        if ($decision !== Gate::OPEN) {
            return;
        }
        $self = new Dispatcher($request, $now);
        try {
            $self->open();
            $fresh = $self->state->take($request->nonce, $now);
        } catch (Problem $problem) {
            (new Answer($request, 'none'))->fail($problem->getMessage(), $problem->place());
            return;
        }
        if (!$fresh) {
            (new Answer($request, 'replay', 403))->fail('replay');
            return;
        }
        $self->answered();
    }

    /** Configuration and database: the first time anything of the shop is touched. */
    private function open()
    {
        $root = __DIR__ . '/' . Deployment::SHOP_ROOT;
        if (Deployment::PLATFORM !== 'opencart') {
            throw new Problem('unsupported', 'platform');
        }
        $this->database = new Database(OpenCartShop::access($root));
        $this->shop = new OpenCartShop($this->database, $root);
        $this->state = new State($this->database, $this->shop);
    }

    private function answered()
    {
        $body = json_decode($this->request->body, true, 16);
        $operation = is_array($body) && isset($body['op']) && is_string($body['op']) ? $body['op'] : '';
        $known = isset(self::OPERATIONS[$operation]);
        $this->answer = new Answer($this->request, $known ? $operation : 'none');
        try {
            if (!is_array($body) || !isset($body['v']) || $body['v'] !== 1) {
                throw new Problem('bad-arguments', 'body');
            }
            if (!$known) {
                throw new Problem('unknown-op');
            }
            $this->scope($operation);
            $arguments = isset($body['args']) ? $body['args'] : [];
            if (!is_array($arguments) || array_diff(array_keys($body), ['v', 'op', 'reader', 'args']) !== []) {
                throw new Problem('bad-arguments', 'body');
            }
            $this->reader($body, $operation);
            $this->prepare($operation);
            $this->run($operation, $arguments);
        } catch (Problem $problem) {
            $this->answer->fail($problem->getMessage(), $this->place($operation, $problem->place()));
        } catch (DatabaseError $error) {
            $this->answer->fail('internal', $this->place($operation, 'database ' . $error->number()));
        } catch (\Throwable $error) {
            $this->answer->fail('internal', $this->place($operation, 'line ' . $error->getLine()));
        }
    }

    private function place(string $operation, string $inner): string
    {
        return $operation . '/' . $this->answer->records() . ($inner === '' ? '' : ' ' . $inner);
    }

    private function scope(string $operation)
    {
        $scopes = self::OPERATIONS[$operation];
        foreach ($scopes as $scope) {
            if (Deployment::allows($scope)) {
                return;
            }
        }
        if ($scopes !== []) {
            throw new Problem('not-in-scope');
        }
    }

    /** Only `hello` notes and reports who reads: a poll need not write it each time. */
    private function reader(array $body, string $operation)
    {
        $reader = isset($body['reader']) && is_string($body['reader']) ? $body['reader'] : '';
        if (preg_match('/^[0-9A-Za-z-]{1,64}$/D', $reader) !== 1) {
            throw new Problem('bad-arguments', 'reader');
        }
        if ($operation === 'hello') {
            $this->otherReader = $this->state->reader($reader, $this->now);
        }
    }

    /** From here on a read cannot write: also a fault in our own statements could not. */
    private function prepare(string $operation)
    {
        if ($operation !== 'stock_set' && $operation !== 'remove') {
            try {
                $this->database->change('SET SESSION TRANSACTION READ ONLY');
                $this->readOnly = true;
            } catch (DatabaseError $error) {
                $this->readOnly = false;
            }
        }
        if ($operation !== 'remove') {
            $this->shop->prove();
        }
    }

    private function run(string $operation, array $values)
    {
        switch ($operation) {
            case 'hello':
                new Arguments($values, []);
                $this->answer->record($this->hello());
                $this->answer->end();
                return;
            case 'lookups':
                new Arguments($values, []);
                $this->answer->record($this->shop->lookups());
                $this->answer->end();
                return;
            case 'orders':
                $this->orders(new Arguments($values, ['since', 'after', 'limit', 'ids']));
                return;
            case 'order':
                $this->order(new Arguments($values, ['number']));
                return;
            case 'totals':
                $this->totals(new Arguments($values, ['from']));
                return;
            case 'customers':
            case 'products':
                $this->changes($operation, new Arguments($values, ['since', 'after', 'limit']));
                return;
            case 'stock_read':
                $this->stockRead(new Arguments($values, ['keys', 'after', 'limit']));
                return;
            case 'stock_set':
                $this->stockSet(new Arguments($values, ['idempotency', 'rows']));
                return;
            case 'remove':
                new Arguments($values, []);
                $this->remove();
                return;
        }
    }

    private function hello(): array
    {
        $hello = $this->shop->hello();
        $hello['shop']['host'] = isset($_SERVER['HTTP_HOST']) && is_string($_SERVER['HTTP_HOST']) ? substr($_SERVER['HTTP_HOST'], 0, 255) : '';
        $capabilities = ['stock_write', 'option_stock'];
        if ($this->readOnly) {
            $capabilities[] = 'read_only_session';
        }
        if (OpenCartStock::optionCodeColumn($this->database) !== null) {
            $capabilities[] = 'option_codes';
        }
        $operations = [];
        foreach (self::OPERATIONS as $operation => $scopes) {
            if ($scopes === [] || array_filter($scopes, [Deployment::class, 'allows']) !== []) {
                $operations[] = $operation;
            }
        }
        return [
            'bridge' => 'winkelbrug-bridge',
            'version' => Answer::VERSION,
            'digest' => (string) hash_file('sha256', __FILE__),
            'php' => PHP_VERSION,
            'database_driver' => $this->database->driver(),
            'table_prefix' => $this->database->prefix(),
            'other_reader' => $this->otherReader,
            'operations' => $operations,
            'capabilities' => $capabilities,
            'limits' => ['seconds' => $this->budget->seconds(), 'memory' => $this->budget->memory()],
            'now' => gmdate('Y-m-d\TH:i:s\Z', $this->now),
        ] + $hello;
    }

    private function orders(Arguments $arguments)
    {
        $ids = $arguments->texts('ids', self::ID, 200);
        if ($ids === null) {
            $this->changes('orders', $arguments);
            return;
        }
        if ($arguments->has('since') || $arguments->has('after')) {
            throw new Problem('bad-arguments', 'ids');
        }
        foreach (array_chunk($ids, 25) as $index => $some) {
            foreach ($this->shop->orders($some) as $record) {
                $this->answer->record($record);
            }
            if ($this->budget->spent() && ($index + 1) * 25 < count($ids)) {
                $this->answer->end(true);
                return;
            }
        }
        $this->answer->end();
    }

    /** A page of changes in order of (stamp, id), read in small steps until it is full or the budget is spent. */
    private function changes(string $kind, Arguments $arguments)
    {
        $since = $arguments->text('since', self::MOMENT);
        $after = $arguments->position('after');
        $limit = $arguments->number('limit', 500, 1000);
        $left = $limit;
        while (true) {
            $step = min(200, $left);
            $records = $this->changed($kind, $since, $after, $step);
            foreach ($records as $record) {
                $this->answer->record($record);
                $after = ['stamp' => $record['stamp'], 'id' => $record['id']];
            }
            $left -= count($records);
            if (count($records) < $step) {
                $this->answer->end();
                return;
            }
            if ($left <= 0 || $this->budget->spent()) {
                $this->answer->end(true, $after);
                return;
            }
        }
    }

    private function changed(string $kind, $since, $after, int $limit): array
    {
        if ($kind === 'orders') {
            return $this->shop->orderHeads($since, $after, $limit);
        }
        return $kind === 'products' ? $this->shop->products($since, $after, $limit) : $this->shop->customers($since, $after, $limit);
    }

    private function order(Arguments $arguments)
    {
        $number = $arguments->text('number', '/^[^\x00-\x1f]{1,64}$/Du');
        $id = $number === null ? null : $this->shop->orderId($number);
        foreach ($id === null ? [] : $this->shop->orders([$id]) as $record) {
            $this->answer->record($record);
        }
        $this->answer->end();
    }

    private function totals(Arguments $arguments)
    {
        $from = $arguments->text('from', '/^[0-9]{4}-[0-9]{2}-[0-9]{2}$/D');
        if ($from === null) {
            throw new Problem('bad-arguments', 'from');
        }
        foreach ($this->shop->totals($from) as $record) {
            $this->answer->record($record);
        }
        $this->answer->end();
    }

    private function stockRead(Arguments $arguments)
    {
        $keys = $arguments->texts('keys', self::STOCK_KEY, 500);
        $after = $arguments->text('after', self::STOCK_KEY);
        $left = $arguments->number('limit', 2000, 5000);
        if ($keys !== null) {
            foreach ($this->shop->stock($keys, null, 500) as $record) {
                $this->answer->record($record);
            }
            $this->answer->end();
            return;
        }
        while (true) {
            $step = min(500, $left);
            $records = $this->shop->stock(null, $after, $step);
            foreach ($records as $record) {
                $this->answer->record($record);
                $after = $record['key'];
            }
            $left -= count($records);
            if (count($records) < $step) {
                $this->answer->end();
                return;
            }
            if ($left <= 0 || $this->budget->spent()) {
                $this->answer->end(true, $after);
                return;
            }
        }
    }

    /** One writer at a time; a repeated id is answered as before and changes nothing. */
    private function stockSet(Arguments $arguments)
    {
        $id = $arguments->text('idempotency', '/^[0-9a-f]{32}$/D');
        $rows = $arguments->rows('rows', ['key', 'read', 'target'], 500);
        foreach ($rows as $row) {
            if ($id === null || preg_match(self::STOCK_KEY, $row['key']) !== 1 || preg_match(self::AMOUNT, $row['read']) !== 1 || preg_match(self::AMOUNT, $row['target']) !== 1) {
                throw new Problem('bad-arguments', 'rows');
            }
        }
        $this->zeroCap($rows);
        $lock = 'winkelbrug ' . substr(Deployment::BRIDGE_ID, 0, 16);
        $got = $this->database->row('SELECT GET_LOCK(?, 5) AS got', [$lock]);
        if ($got === null || $got['got'] !== '1') {
            throw new Problem('busy');
        }
        $outcomes = $this->outcomes($id, $rows);
        $this->database->row('SELECT RELEASE_LOCK(?) AS released', [$lock]);
        foreach ($outcomes as $outcome) {
            $this->answer->record($outcome);
        }
        $this->answer->end();
    }

    private function zeroCap(array $rows)
    {
        $cap = (int) Deployment::STOCK_ZERO_CAP;
        $zeros = 0;
        foreach ($rows as $row) {
            $zeros += (float) $row['target'] <= 0 && (float) $row['read'] > 0 ? 1 : 0;
        }
        if ($cap > 0 && $zeros > $cap) {
            throw new Problem('zero-cap');
        }
    }

    /**
     * What became of each row. The outcome so far is kept before and after each write, so that a
     * request that was cut in the middle is gone on with by its repetition, not done again.
     */
    private function outcomes(string $id, array $rows): array
    {
        $kept = $this->state->outcome($id);
        $fingerprint = hash('sha256', (string) json_encode($rows));
        if ($kept !== null && (!isset($kept['rows']) || $kept['rows'] !== $fingerprint)) {
            throw new Problem('bad-arguments', 'idempotency');
        }
        $done = $kept === null ? [] : $kept['done'];
        foreach ($rows as $index => $row) {
            if (isset($done[$index])) {
                continue;
            }
            // From here until the outcome is kept, a cut leaves this row's effect unknown: `busy` tells the
            // agent to read and compute again.
            $done[$index] = ['key' => $row['key'], 'outcome' => 'busy', 'before' => null, 'after' => null];
            $this->state->keep($id, ['rows' => $fingerprint, 'done' => $done], $this->now);
            $done[$index] = $this->shop->setStock($row);
        }
        $this->state->keep($id, ['rows' => $fingerprint, 'done' => $done], $this->now);
        return $done;
    }

    private function remove()
    {
        $dropped = $this->state->drop();
        $deleted = @unlink(__FILE__);
        $this->answer->record(['table' => $dropped, 'file' => $deleted]);
        $this->answer->end();
    }
}
