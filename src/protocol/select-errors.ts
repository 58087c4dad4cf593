/**
 * Errors of SelectObjectContent: API reference, "List of SELECT Object Content Error Codes", as far as Kist
 * has cause to answer them. Part of the catalogue in `errors.ts`.
 */
export const selectErrors = {
  AmbiguousFieldName: [
    400,
    'The field name matches to multiple fields in the file. Check the SQL expression and the file, and try again.',
  ],
  Busy: [503, 'The service is unavailable. Try again later.'],
  CSVParsingError: [
    400,
    'An error occurred while parsing the CSV file. Check the file and try again.',
  ],
  CSVUnescapedQuote: [
    400,
    'An unescaped quote was found while parsing the CSV file. To allow quoted record delimiters, set AllowQuotedRecordDelimiter to TRUE.',
  ],
  CastFailed: [
    400,
    'An attempt to convert from one data type to another using CAST failed in the SQL expression.',
  ],
  EvaluatorInvalidArguments: [
    400,
    'There is an incorrect number of arguments in the function call in the SQL expression.',
  ],
  EvaluatorInvalidTimestampFormatPattern: [
    400,
    'The timestamp format string in the SQL expression is invalid.',
  ],
  EvaluatorTimestampFormatPatternInvalidToken: [
    400,
    'The timestamp format pattern contains a token that is not valid in the SQL expression.',
  ],
  EvaluatorUnterminatedTimestampFormatPatternToken: [
    400,
    'The timestamp format pattern contains an unterminated token in the SQL expression.',
  ],
  ExpressionTooLong: [
    400,
    'The SQL expression is too long: The maximum byte-length for an SQL expression is 256 KB.',
  ],
  IllegalSqlFunctionArgument: [400, 'An illegal argument was used in the SQL function.'],
  IncorrectSqlFunctionArgumentType: [
    400,
    'An incorrect argument type was specified in a function call in the SQL expression.',
  ],
  IntegerOverflow: [400, 'An integer overflow or underflow occurred in the SQL expression.'],
  InvalidColumnIndex: [400, 'The column index in the SQL expression is invalid.'],
  InvalidCompressionFormat: [
    400,
    'The file is not in a supported compression format. Only GZIP is supported.',
  ],
  InvalidDataSource: [
    400,
    'The data source type is not valid. Only CSV, JSON, and Parquet are supported.',
  ],
  InvalidDataType: [400, 'The SQL expression contains a data type that is not valid.'],
  InvalidExpressionType: [
    400,
    'The ExpressionType value is not valid. Only SQL expressions are supported.',
  ],
  InvalidFileHeaderInfo: [
    400,
    'The FileHeaderInfo value is not valid. Only NONE, USE, and IGNORE are supported.',
  ],
  InvalidJsonType: [400, 'The JsonType value is not valid. Only DOCUMENT and LINES are supported.'],
  InvalidKeyPath: [400, 'The key path in the SQL expression is not valid.'],
  InvalidQuoteFields: [
    400,
    'The QuoteFields value is not valid. Only ALWAYS and ASNEEDED are supported.',
  ],
  InvalidRequestParameter: [
    400,
    'The value of a parameter in the SelectRequest element is not valid. Check the service API documentation and try again.',
  ],
  InvalidScanRange: [400, 'The provided scan range is not valid.'],
  InvalidTableAlias: [400, 'The SQL expression contains a table alias that is not valid.'],
  InvalidTextEncoding: [400, 'The encoding type is not valid. Only UTF-8 encoding is supported.'],
  JSONParsingError: [
    400,
    'An error occurred while parsing the JSON file. Check the file and try again.',
  ],
  LexerInvalidChar: [400, 'The SQL expression contains a character that is not valid.'],
  LexerInvalidIONLiteral: [400, 'The SQL expression contains an Ion literal that is not valid.'],
  LexerInvalidLiteral: [400, 'The SQL expression contains a literal that is not valid.'],
  LexerInvalidOperator: [400, 'The SQL expression contains an operator that is not valid.'],
  LikeInvalidInputs: [400, 'An invalid argument was given to LIKE in the SQL expression.'],
  MaxOperatorsExceeded: [
    400,
    'Failed to parse the SQL expression. Try reducing its complexity. For example, reduce the number of operators used.',
  ],
  MissingHeaders: [
    400,
    'Some headers in the query are missing from the file. Check the file and try again.',
  ],
  MissingRequiredParameter: [
    400,
    'The SelectRequest entity is missing a required parameter. Check the service documentation and try again.',
  ],
  MultipleDataSourcesUnsupported: [400, 'Multiple data sources are not supported.'],
  ObjectSerializationConflict: [
    400,
    'The SelectRequest entity can only contain one of CSV, JSON, or Parquet. Check the service documentation and try again.',
  ],
  OverMaxColumn: [
    400,
    'The number of columns in the result is greater than the maximum allowable number of columns.',
  ],
  OverMaxParquetBlockSize: [400, 'The Parquet file is above the max row group size.'],
  OverMaxRecordSize: [
    400,
    'The length of a record in the input or result is greater than the maxCharsPerRecord limit of 1 MB.',
  ],
  ParquetParsingError: [
    400,
    'An error occurred while parsing the Parquet file. Check the file and try again.',
  ],
  ParquetUnsupportedCompressionCodec: [
    400,
    'The specified Parquet compression codec is not supported.',
  ],
  ParseAsteriskIsNotAloneInSelectList: [
    400,
    'Other expressions are not allowed in the SELECT list when * is used without dot notation in the SQL expression.',
  ],
  ParseEmptySelect: [400, 'The SQL expression contains an empty SELECT clause.'],
  ParseExpectedArgumentDelimiter: [
    400,
    'The expected argument delimiter in the SQL expression was not found.',
  ],
  ParseExpectedDatePart: [400, 'The expected date part in the SQL expression was not found.'],
  ParseExpectedExpression: [400, 'The expected SQL expression was not found.'],
  ParseExpectedIdentForAlias: [
    400,
    'The expected identifier for the alias in the SQL expression was not found.',
  ],
  ParseExpectedKeyword: [400, 'The expected keyword in the SQL expression was not found.'],
  ParseExpectedLeftParenAfterCast: [
    400,
    'The expected left parenthesis after CAST in the SQL expression was not found.',
  ],
  ParseExpectedLeftParenBuiltinFunctionCall: [
    400,
    'The expected left parenthesis in the SQL expression was not found.',
  ],
  ParseExpectedNumber: [400, 'The expected number in the SQL expression was not found.'],
  ParseExpectedRightParenBuiltinFunctionCall: [
    400,
    'The expected right parenthesis character in the SQL expression was not found.',
  ],
  ParseExpectedTokenType: [400, 'The expected token in the SQL expression was not found.'],
  ParseExpectedTypeName: [400, 'The expected type name in the SQL expression was not found.'],
  ParseExpectedWhenClause: [400, 'The expected WHEN clause in the SQL expression was not found.'],
  ParseInvalidPathComponent: [
    400,
    'The SQL expression contains a path component that is not valid.',
  ],
  ParseSelectMissingFrom: [
    400,
    'The SQL expression contains a missing FROM clause after a SELECT list.',
  ],
  ParseUnExpectedKeyword: [400, 'The SQL expression contains an unexpected keyword.'],
  ParseUnexpectedToken: [400, 'The SQL expression contains an unexpected token.'],
  ParseUnsupportedCallWithStar: [
    400,
    'Only COUNT with (*) as a parameter is supported in the SQL expression.',
  ],
  ParseUnsupportedSelect: [400, 'The SQL expression contains an unsupported use of SELECT.'],
  ParseUnsupportedSyntax: [400, 'The SQL expression contains unsupported syntax.'],
  TruncatedInput: [
    400,
    'Object decompression failed. Check that the object is properly compressed using the format specified in the request.',
  ],
  UnsupportedFunction: [400, 'An unsupported SQL function was encountered.'],
  UnsupportedScanRangeInput: [400, 'Scan range queries are not supported on this type of object.'],
  UnsupportedSqlOperation: [400, 'An unsupported SQL operation was encountered.'],
  UnsupportedSqlStructure: [
    400,
    'An unsupported SQL structure was encountered. Check the SQL Reference.',
  ],
  ValueParseFailure: [400, 'A timestamp parse failure occurred in the SQL expression.'],
} as const satisfies Record<string, readonly [status: number, message: string]>;
