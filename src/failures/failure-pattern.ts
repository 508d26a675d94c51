/** The patterns that rows of the failure table share. */
export const NAMELESS: RegExp = /^$/;
export const BLAMES_CALLER: RegExp =
  /^(?:validation|invalidrequest|badrequest|accessdenied|permission|resourcenotfound|notfound|conflict|unknownoperation)$/;
export const CREDENTIALS: RegExp =
  /^(?:expiredtoken|invalid(?:signature|accesskeyid|token|identitytoken)|signaturedoesnotmatch|(?:missing)?authentication(?:token)?|incompletesignature|(?:process|sso)?credentials(?:provider)?|tokenprovider|request(?:expired|timetooskewed)|unauthorized(?:sso(?:token)?)?|notauthorized)$/;
/** Said by the SDKs before anything was sent; the providers of credentials word it in many ways. */
export const CREDENTIALS_TEXT: RegExp =
  /\b(?:could not|cannot|can't|unable to|failed to|error (?:when )?)(?: ?)(?:load|locate|resolve|find|refresh|retriev|get|fetch|read|assum)\w*\b[\w ,'"-]{0,60}\b(?:credentials?|(?:sso|web identity) token|role)\b|^get identity: |^httpauthscheme |\bno (?:valid )?(?:credential )?providers\b|^(?:partial|missing) credentials\b|^resolved credential object is not valid|^the (?:x\.509 certificate or )?aws access key id\b|^the (?:config )?profile \(.{0,80}\) could not be found/;
/** What valid credentials meet in a Region that does not know them: an opt-in Region that the account did not enable. */
export const UNKNOWN_KEY: RegExp =
  /^(?:unrecognizedclient|invalidclienttokenid|authfailure|optinrequired|regiondisabled)$/;
export const UNKNOWN_KEY_TEXT: RegExp =
  /^(?:the security token included in the request is invalid|the (?:x\.509 certificate or )?aws access key id (?:provided does not exist|needs a subscription)|credential should be scoped to a valid region|authentication failed: please make sure your api key|sts is not activated)/;
export const CERTIFICATE: RegExp =
  /^(?:(?:DEPTH_ZERO_)?SELF_SIGNED_CERT\w*|UNABLE_TO_(?:VERIFY|GET)_\w+|CERT_\w+|ERR_TLS_CERT_\w+)$/;
export const REGIONAL_RESOURCE: RegExp =
  /^(?:the )?(?:provided )?(?:guardrail|(?:capacity )?reservation)\b.{0,80}(?:does(?:n't| not) exist|identifier is invalid|not found)/;
export const DENIED: string = "^(?:(?:user |(?:user: |arn:)[^'\"]{0,400}? )?is )?not authorized to perform: ";
/** What inference runs on. A guardrail, a prompt or a KMS key is the caller's on every route. */
export const MODEL_ARN: string =
  'bedrock(?:-\\w+)?:\\w+ on resource:? "?\\S*?[:/](?:foundation-model|(?:application-)?inference-profile|provisioned-model)/';
export const END: string = "(?=$|[,.!;]| per | please)";
/** A capacity that is used up, whoever says it: not a quota of the caller. */
export const NO_CAPACITY: RegExp =
  /^(?:(?:the|this) )?(?:(?:requested|selected) )?(?:model|service|server|bedrock|inference profile)\b[\w ,.'-]{0,80}?\b(?:insufficient (?:\w+ )?capacity|(?:high|heavy) (?:demand|load)|(?:at|out of) capacity)\b/;
/** The caller stopped sending audio (amazon-nova-samples#69); a container of the caller's own model refused the body. */
export const OBJECTION_TO_REQUEST: RegExp =
  /^timed out waiting for input|^received client error \(4(?!08|29)|^(?:no|empty) value provided for input|^your (?:api )?request (?:includes|included|contains|contained)\b/;
