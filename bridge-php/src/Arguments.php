<?php
declare(strict_types=1);

namespace Winkelbrug\Bridge;

/** Arguments of an operation: known names and shapes only. */
final class Arguments
{
    const MOMENT = '/^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,9})?Z$/D';
    const ID = '/^[0-9]{1,18}$/D';
    const STOCK_KEY = '/^[poc]:[1-9][0-9]{0,17}$/D';
    const AMOUNT = '/^-?[0-9]{1,12}(?:\.[0-9]{1,6})?$/D';

    /** @var array */
    private $values;

    public function __construct(array $values, array $known)
    {
        foreach (array_keys($values) as $name) {
            if (!in_array($name, $known, true)) {
                throw new Problem('bad-arguments', (string) substr((string) preg_replace('/[^a-z_]/', '', (string) $name), 0, 20));
            }
        }
        $this->values = $values;
    }

    public function has(string $name): bool
    {
        return isset($this->values[$name]);
    }

    /** A text of a given form; null when absent. */
    public function text(string $name, string $form)
    {
        if (!$this->has($name)) {
            return null;
        }
        $value = $this->values[$name];
        if (!is_string($value) || preg_match($form, $value) !== 1) {
            throw new Problem('bad-arguments', $name);
        }
        return $value;
    }

    /** A moment in UTC; null when absent. */
    public function moment(string $name)
    {
        return $this->text($name, self::MOMENT);
    }

    /** A number within bounds, or the default. */
    public function number(string $name, int $default, int $most): int
    {
        if (!$this->has($name)) {
            return $default;
        }
        $value = $this->values[$name];
        if (!is_int($value) || $value < 1 || $value > $most) {
            throw new Problem('bad-arguments', $name);
        }
        return $value;
    }

    /** A list of texts of a given form; null when absent. */
    public function texts(string $name, string $form, int $most)
    {
        if (!$this->has($name)) {
            return null;
        }
        $list = $this->values[$name];
        if (!is_array($list) || count($list) > $most || array_keys($list) !== range(0, count($list) - 1) && $list !== []) {
            throw new Problem('bad-arguments', $name);
        }
        foreach ($list as $value) {
            if (!is_string($value) || preg_match($form, $value) !== 1) {
                throw new Problem('bad-arguments', $name);
            }
        }
        return $list;
    }

    /** A keyset position {stamp, id}; null when absent. */
    public function position(string $name)
    {
        if (!$this->has($name)) {
            return null;
        }
        $value = $this->values[$name];
        if (!is_array($value) || count($value) !== 2) {
            throw new Problem('bad-arguments', $name);
        }
        $inner = new Arguments($value, ['stamp', 'id']);
        return [
            'stamp' => (string) $inner->text('stamp', '/^[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}$/D'),
            'id' => (string) $inner->text('id', self::ID),
        ];
    }

    /**
     * A list of objects, each with exactly these names and of `$may` what it likes, all texts of the
     * form given.
     */
    public function rows(string $name, array $must, int $most, array $may = []): array
    {
        $list = isset($this->values[$name]) ? $this->values[$name] : null;
        if (!is_array($list) || $list === [] || count($list) > $most || array_keys($list) !== range(0, count($list) - 1)) {
            throw new Problem('bad-arguments', $name);
        }
        $forms = $must + $may;
        foreach ($list as $row) {
            if (!is_array($row) || array_diff_key($must, $row) !== []) {
                throw new Problem('bad-arguments', $name);
            }
            foreach ($row as $field => $value) {
                if (!isset($forms[$field]) || !is_string($value) || preg_match($forms[$field], $value) !== 1) {
                    throw new Problem('bad-arguments', $name);
                }
            }
        }
        return $list;
    }
}
