"""Everything that boto3 asks the Bedrock runtime for, with no setting of its own."""
import json

import boto3
from botocore.exceptions import ClientError

MODEL = "anthropic.claude-sonnet-4-6"
client = boto3.client("bedrock-runtime")
messages = [{"role": "user", "content": [{"text": "Hi"}]}]
body = json.dumps(
    {
        "anthropic_version": "bedrock-2023-05-31",
        "max_tokens": 100,
        "messages": [{"role": "user", "content": "Hi"}],
    }
)

answer = client.converse(modelId=MODEL, messages=messages)
print("converse", answer["output"]["message"]["content"][0]["text"])

events = client.converse_stream(modelId=MODEL, messages=messages)["stream"]
print("converse_stream", "".join(e["contentBlockDelta"]["delta"]["text"] for e in events if "contentBlockDelta" in e))

answer = json.loads(client.invoke_model(modelId=MODEL, body=body)["body"].read())
print("invoke_model", answer["content"][0]["text"])

events = client.invoke_model_with_response_stream(modelId=MODEL, body=body)["body"]
chunks = [json.loads(e["chunk"]["bytes"]) for e in events]
print("invoke_model_with_response_stream", "".join(c.get("delta", {}).get("text", "") for c in chunks))

try:
    client.converse(modelId=MODEL, messages=[])
except ClientError as error:
    print(error.response["Error"]["Code"], error.response["Error"]["Message"])
