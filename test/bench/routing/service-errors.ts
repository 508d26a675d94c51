/** A quota is used up, in the words of the service. */
export function throttling(): Error {
  return Object.assign(new Error("Too many tokens, please wait before trying again."), {
    name: "ThrottlingException",
    $fault: "client",
    $metadata: { httpStatusCode: 429 },
  });
}

/** The service has no capacity. */
export function serviceUnavailable(): Error {
  return Object.assign(new Error("Bedrock is unable to process your request."), {
    name: "ServiceUnavailableException",
    $fault: "server",
    $metadata: { httpStatusCode: 503 },
  });
}
