/**
 * What clients, SDKs and gateways put around the words of the service; a named group holds what the wrapper tells.
 * Anchored: nothing inside a message is touched.
 */
export const WRAPPERS: readonly RegExp[] = [
  /^the model returned (?:the )?following errors?: */i,
  /^an error occurred (?:\((?<name>\w+)\) )?when calling the \w+ operation(?: \([^)]*\))?(?:: *|$)/i,
  /^operation error bedrock ?runtime: \w+, (?:exceeded maximum number of attempts, \d+, )?/i,
  /^https response error statuscode: (?<status>\d{3}), requestid: [\w-]*, (?:api error )?/i,
  /^api error(?: (?=\w+(?:exception|error): )|: +(?=[a-z]))/i,
  /^(?:uncaught )?(?:[a-z_$][\w$]*[.#])*(?<name>\w*(?:exception|error|timeout)|unknown)(?:: *|$)/i,
  /^(?:\[\w+\] +)+|^\[(?=\w*error: )/i,
  // LiteLLM, about an exception inside a stream, whose status is always 400 there.
  /^bad response code, expected 200: \{[^"]{0,200}':exception-type': '(?<name>\w+)'[^"]{0,200}'body': (?=b')/i,
  /^b'(?=\{)/,
  /^<class '[\w.]+'>: */,
  /^status_code: (?<status>[45]\d\d)(?:, model_name: [\w.:/-]+)?(?:, (?:body: )?|$)/i,
  /^api error \([\w.:/[\]-]+\): (?<status>[45]\d\d) +/i,
  // The codes of AWS that carry no suffix.
  /^(?<name>FTUFormNotFilled|MPAgreementBeingCreated|NotAuthorized|RequestExpired|OptInRequired|IncompleteSignature|InvalidClientTokenId|ExpiredToken|InternalFailure|ServiceUnavailable): +/,
  /^(?<status>4(?:0[0134689]|13|2[249])|50[0234]|529) (?=[A-Z][a-z]+ [a-z])/,
  /^(?<name>validation) error: */i,
  /^(?:api error|request rejected|http|status code|error code|error):? *\(?(?<status>[45]\d\d)\)?(?: *[-:]+)? +(?=\S)/i,
  /^(?<status>[45]\d\d)(?: *[-:]+ *| +(?=\{|litellm\.\w+: )| +bad request: *| +(?=(?:too many|rate|internal|bad|service|gateway|forbidden|bedrock)\b))/i,
  /^(?:bedrock|litellm|timeout)\w*(?: error| invalid authentication)? - */i,
];

/**
 * What a program says before it repeats an error: `Error calling model: ValidationException: …`. Only before a name that
 * Bedrock or a gateway gives, and without a quote. For errors that no response belongs to: in the words of the service
 * itself, what follows would be the caller's.
 */
export const LEAD_INS: readonly RegExp[] = [
  /\s*\(service: [^()]*status code: (?<status>\d{3})[^()]*\)(?:\s*\(sdk attempt count: \d+\))?$/i,
  /^(?!(?:messages|system|prompt|tools?|thinking)\b)[a-z][a-z ]{0,60}: (?=operation error bedrock)/i,
  /^[a-z][a-z ,']{0,60}[.:] +(?=api error:? \(?[45]\d\d)/i,
  /^[a-z ]{1,40}\((?<status>[45]\d\d)\): *(?=\{)/i,
  /^(?:failed to (?:invoke|call) [a-z ]{0,40}|[a-z' ]{0,40}\bbedrock\b[a-z' ]{0,40}): +/i,
  /^(?!(?:messages|system|prompt|tools?|thinking)\b)[A-Za-z[](?:[\w ,.:()[\]/-]|(?<=n)'(?=t)){0,100}?[ :\]](?:Reason: |(?=An error occurred \(\w+Exception\)|litellm\.\w+: |(?:Validation|Throttling|AccessDenied|ResourceNotFound|ServiceUnavailable|ServiceQuotaExceeded|InternalServer|Model(?:Error|StreamError|Timeout|NotReady)|ExpiredToken|UnrecognizedClient)Exception: |Error: |User: arn:aws))/,
  // How Go's HTTP clients print a response.
  /^(?:[a-z ]{1,40}: )?(?:get|post) "https?:[^"\s]{1,400}": (?<status>[45]\d\d) [a-z ]{0,40}(?=\{)/i,
  // A status and a body behind any words: `… request failed with status 400: {"message":"…"}`.
  /^(?!(?:messages|system|prompt|tools?|thinking)\b)[a-z](?:[\w ,.:()/-]{0,100} )?(?<status>[45]\d\d)\b[\w :.-]{0,40}(?=\{\s*["'])/i,
  /^(?<status>[45]\d\d) [a-z ]{1,40}(?=\{\s*["'])/i,
  // What logs put before a line.
  /^(?:debug|info|warning|error|critical):[\w.]{1,80}:(?=\S)/i,
  /^\[[\w ./#:-]{1,80}\] +(?:un(?:handled|expected|known) error(?: type)?:? +)?/i,
  /^\*\*[\w ]{1,30}:\*\* */,
  // The signs that a command line puts before a line.
  /^(?:(?:[\u2190-\u21ff\u2022]|\p{So}|\ufe0f) *)+/u,
];

/** How Rust and Swift print an exception: `ValidationException(ValidationException { message: Some("…"), … })`. */
export const PRINTED: RegExp =
  /^(?!(?:messages|system|prompt|tools?|thinking)\b)[^"']{0,200}?\b(?<name>\w+Exception)\([^"']{0,120}?message: (?:Some|Optional)\("(?<text>(?:[^"\\]|\\.)*)"\)/;

/** What the SDK appends to an error whose response it could not read. */
export const HINT: RegExp =
  /\s*deserialization error: to see the raw response, inspect the hidden field \{error\}\.\$response on this object\.?/i;

export const HTML: RegExp = /^\s*<(?:!doctype|html|head|body|\?xml)\b/i;

/** A body as Python prints a dictionary: `{'message': "You don't …"}`. */
export const PYTHON_BODY: RegExp = /^\{\s*(?:'error'\s*:\s*\{\s*)?'message'\s*:\s*(['"])(.*?)\1\s*(?:,\s*'|\})/is;

/** What the service calls its exceptions, the SDK's base class apart. */
export const SERVICE: RegExp = /(?<!^|client|service)exception$/i;
