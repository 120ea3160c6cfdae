// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import javax.security.auth.callback.Callback;
import javax.security.auth.callback.UnsupportedCallbackException;
import org.apache.kafka.common.security.oauthbearer.OAuthBearerToken;
import org.apache.kafka.common.security.oauthbearer.OAuthBearerValidatorCallback;
import org.apache.kafka.common.security.oauthbearer.internals.unsecured.OAuthBearerUnsecuredValidatorCallbackHandler;

/**
 * Has a listener for OAuth tokens take those of Amazon MSK, beside the ones that Kafka's own handler takes: a URL in
 * base64 that asks to connect, signed with AWS credentials, which are system properties here.
 */
public class MSKTokens extends OAuthBearerUnsecuredValidatorCallbackHandler {
    private record Token(String value, String principalName, Long startTimeMs, long lifetimeMs, Set<String> scope)
            implements OAuthBearerToken {}

    @Override
    public void handle(Callback[] callbacks) throws UnsupportedCallbackException {
        for (Callback callback : callbacks) {
            // The tokens of others are of parts with dots in between.
            if (callback instanceof OAuthBearerValidatorCallback asked && !asked.tokenValue().contains(".")) {
                try {
                    asked.token(check(asked.tokenValue()));
                } catch (GeneralSecurityException | RuntimeException e) {
                    asked.error("invalid_token", null, null);
                }
            } else {
                super.handle(new Callback[] {callback});
            }
        }
    }

    private static Token check(String value) throws GeneralSecurityException {
        URI url = URI.create(new String(Base64.getUrlDecoder().decode(value), StandardCharsets.UTF_8));
        Map<String, String> query = new TreeMap<>(); // as it is encoded
        for (String pair : url.getRawQuery().split("&")) {
            String[] parts = pair.split("=", 2);
            query.put(parts[0], parts[1]);
        }
        String signature = query.remove("X-Amz-Signature");
        query.remove("User-Agent"); // is not signed

        String[] credential = decode(query.get("X-Amz-Credential")).split("/", 2); // access key, scope
        String[] scope = credential[1].split("/"); // date, region, service, aws4_request
        require(credential[0].equals(System.getProperty("msk.accessKey")));
        require(scope[1].equals(System.getProperty("msk.region")));
        require(url.getHost().equals("kafka." + scope[1] + ".amazonaws.com"));
        require(decode(query.get("Action")).equals("kafka-cluster:Connect"));
        require(signature.equals(sign(query, url.getHost(), credential[1], scope)));

        Instant start = DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmssX").withZone(ZoneOffset.UTC)
                .parse(query.get("X-Amz-Date"), Instant::from);
        Instant end = start.plusSeconds(Long.parseLong(query.get("X-Amz-Expires")));
        require(end.isAfter(Instant.now()));
        return new Token(value, credential[0], start.toEpochMilli(), end.toEpochMilli(), Set.of());
    }

    /** Version 4 of AWS's signatures. */
    private static String sign(Map<String, String> query, String host, String scope, String[] parts)
            throws GeneralSecurityException {
        String sorted = query.entrySet().stream().map(Object::toString).collect(Collectors.joining("&"));
        String request = String.join("\n", "GET", "/", sorted, "host:" + host, "", "host", hash(""));
        String toSign = String.join("\n", "AWS4-HMAC-SHA256", query.get("X-Amz-Date"), scope, hash(request));
        byte[] key = ("AWS4" + System.getProperty("msk.secretKey")).getBytes(StandardCharsets.UTF_8);
        for (String part : parts) {
            key = mac(key, part);
        }
        return HexFormat.of().formatHex(mac(key, toSign));
    }

    private static byte[] mac(byte[] key, String text) throws GeneralSecurityException {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(key, "HmacSHA256"));
        return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
    }

    private static String hash(String text) throws GeneralSecurityException {
        byte[] sum = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        return HexFormat.of().formatHex(sum);
    }

    private static String decode(String encoded) {
        return URLDecoder.decode(encoded, StandardCharsets.UTF_8);
    }

    private static void require(boolean holds) {
        if (!holds) {
            throw new IllegalArgumentException();
        }
    }
}
