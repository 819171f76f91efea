<?php
declare(strict_types=1);

namespace Winkelbrug\Bridge;

/** A platform that can also change orders, products or customers; which ones its capabilities say. */
interface RecordWriter
{
    /** Operations of `…_set` that are proven on this shop. */
    public function writes(): array;

    /** Moves an order to another status (`id`, `status`, `comment`); one write result. */
    public function setOrderStatus(array $row): array;

    /** Changes a product (`id`, and of `name`, `price`, `active` what is to change); one write result. */
    public function setProduct(array $row): array;

    /** Changes a customer (`id`, and of `first_name`, `last_name`, `telephone` what is to change); one write result. */
    public function setCustomer(array $row): array;
}
