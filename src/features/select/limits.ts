/**
 * Every bound of SelectObjectContent. The first two are S3's ("Selecting content from objects" in the user
 * guide); the others keep one query from holding up the process or filling its memory.
 */

/** Bytes of the SQL expression in UTF-8. */
export const maxExpressionBytes = 256 * 1024;

/** Bytes of one record of input or output. */
export const maxRecordBytes = 1024 * 1024;

/** How deep parentheses, function calls and left-hand operands may nest in an expression. */
export const maxExpressionDepth = 200;

/** Columns of one record of a CSV file, and expressions of a SELECT list. */
export const maxColumns = 16_384;

/** How deep objects and arrays may nest in JSON. */
export const maxJsonDepth = 200;

/** What evaluating the expression on one record may cost: a node counts one, text its length. */
export const maxStepsPerRecord = 10_000_000;

/** Bytes of a string that functions make of others. */
export const maxTextLength = 2 * maxRecordBytes;

/** How long a query may run. */
export const maxRunMs = 5 * 60_000;

/** Without records for this long, a message keeps the connection alive; also the pace of Progress. */
export const heartbeatMs = 1000;

/** Input is worked on in pieces of this size, between which the process sees to others. */
export const pieceBytes = 64 * 1024;

/** Payload of a Records message at which it is sent; a record more may be in it. */
export const recordsMessageBytes = 128 * 1024;

/** Of a Parquet file: its footer, and what the columns asked for take in one row group, uncompressed. */
export const maxParquetFooterBytes = 4 * 1024 * 1024;
export const maxParquetGroupBytes = 64 * 1024 * 1024;

/** Elements of all lists in a Parquet file's footer: row groups, columns, and what is said of each. */
export const maxParquetElements = 500_000;

/** Values of all columns asked for in one row group of a Parquet file. */
export const maxParquetGroupValues = 4_000_000;
