import {
  AccessDeniedException,
  ModelErrorException,
  ServiceUnavailableException,
  ThrottlingException,
  ValidationException,
} from "@aws-sdk/client-bedrock-runtime";

/** The quota of tokens per minute is used up. */
export function throttled(retryAfterSeconds?: number): Error {
  const error = new ThrottlingException({
    message: "Too many tokens, please wait before trying again.",
    $metadata: { httpStatusCode: 429 },
  });
  return retryAfterSeconds === undefined ? error : withHeaders(error, { "retry-after": String(retryAfterSeconds) });
}

/** The quota of tokens per day is used up, for this model in the source Region. */
export function throttledForTheDay(): Error {
  return new ThrottlingException({
    message: "Too many tokens per day, please wait before trying again.",
    $metadata: { httpStatusCode: 429 },
  });
}

/** The profile cannot be called from this source Region. */
export function invalidRoute(): Error {
  return new ValidationException({
    message: "The provided model identifier is invalid.",
    $metadata: { httpStatusCode: 400 },
  });
}

/** AWS has withdrawn the model. */
export function endOfLife(): Error {
  return new ValidationException({
    message:
      "This model version has reached the end of its life. Please refer to the AWS documentation for more details.",
    $metadata: { httpStatusCode: 400 },
  });
}

/** The account has no access to the model in this source Region. */
export function noAccess(): Error {
  return new AccessDeniedException({
    message: "You don't have access to the model with the specified model ID.",
    $metadata: { httpStatusCode: 403 },
  });
}

/** The request itself is wrong. */
export function rejected(): Error {
  return new ValidationException({
    message:
      "A conversation must start with a user message. Try again with a conversation that starts with a user message.",
    $metadata: { httpStatusCode: 400 },
  });
}

/** The service has no capacity. */
export function unavailable(): Error {
  return new ServiceUnavailableException({
    message: "Bedrock is unable to process your request.",
    $metadata: { httpStatusCode: 503 },
  });
}

/** The model stumbled over this one generation. */
export function modelError(): Error {
  return new ModelErrorException({
    message: "The model produced invalid sequence as part of ToolUse.",
    $metadata: { httpStatusCode: 424 },
  });
}

/** Nothing that any rule knows. */
export function unknownError(): Error {
  return new Error("¯\\_(ツ)_/¯");
}

/** What the SDK throws for an aborted request. */
export function sdkAbortError(): Error {
  const error = new Error("Request aborted");
  error.name = "AbortError";
  return error;
}

function withHeaders(error: Error, headers: Readonly<Record<string, string>>): Error {
  return Object.assign(error, { $response: { statusCode: 429, headers } });
}
