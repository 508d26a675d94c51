/** The variables of this process without AWS configuration from outside, and without those that match. */
export function cleanEnvironment(without = /^$/) {
  const kept = Object.entries(process.env).filter(
    ([name]) => !/^(AWS_|NODE_OPTIONS)/.test(name) && !without.test(name),
  );
  return { ...Object.fromEntries(kept), ...NO_AWS_CONFIGURATION };
}

/** Keeps the SDK from reading the configuration of whoever runs it. */
export const NO_AWS_CONFIGURATION = {
  AWS_CONFIG_FILE: "/dev/null",
  AWS_SHARED_CREDENTIALS_FILE: "/dev/null",
  AWS_EC2_METADATA_DISABLED: "true",
  AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true",
};
