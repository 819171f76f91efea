-- Orders in the mirror know their template from now on: all are read anew with the next refresh.
UPDATE books_progress SET whole_at = NULL, whole_begun = NULL, whole_rows = 0 WHERE kind IN ('orders', 'articles');
