import EngineAPI
import Wire

/// Writes heads for the other side: every field is one that we know.
enum RelayHead {
    /// True for the fields of an engine's answer that clients read.
    private static func isPassed(_ name: FieldName) -> Bool {
        switch name {
        case .apiVersion, .builderVersion, .cacheControl, .containerPathStat, .contentType, .date,
            .dockerExperimental, .osType, .pragma, .server, .swarm, .warning:
            true
        case .connection, .contentEncoding, .contentLength, .expect, .host, .trailer,
            .transferEncoding, .upgrade, .cookie, .origin, .referer, .secFetchDest, .secFetchMode,
            .secFetchSite, .webSocketAccept, .webSocketKey, .webSocketVersion, .registryAuth,
            .registryConfig, .userAgent, .ledgerEntry:
            false
        }
    }

    /// A request for the engine.
    static func request(
        _ request: EngineRequest, _ method: Method, framing: BodyFraming, upgrade: String?,
        from head: RequestHead, carriesCredentials: Bool
    ) -> [UInt8] {
        var writer = HeadWriter(method, request.target)
        writer.field(.host, "docker")
        writer.field(.userAgent, "Quaymaster")
        if let type = request.contentType { writer.field(.contentType, type) }
        if carriesCredentials {
            // A build's images are brought by the gateway before, each with its own registry's
            // credentials: the engine needs no others' (`X-Registry-Config`).
            if let value = head.fields[.registryAuth], isBase64(value) {
                writer.field(.registryAuth, value)
            }
        }
        if let upgrade {
            writer.field(.connection, "Upgrade")
            writer.field(.upgrade, upgrade)
        }
        if upgrade == "websocket" {
            // The engine asks for an origin; ours stands for a client that has proven who it is.
            writer.field(.origin, "http://quaymaster")
            writer.field(.webSocketKey, head.fields[.webSocketKey] ?? "")
            writer.field(.webSocketVersion, "13")
        }
        if let body = request.body {
            writer.framing(.length(body.count))
            return writer.end() + body
        }
        if framing != .none || method == .post || method == .put { writer.framing(framing) }
        return writer.end()
    }

    /// The head of an engine's answer, for the client.
    static func answer(
        _ head: ResponseHead, framing: BodyFraming?, close: Bool, isHead: Bool
    ) -> [UInt8] {
        var writer = HeadWriter(status: head.status, reason: head.reason)
        write(head, to: &writer)
        if isHead {
            if let length = head.fields[.contentLength] { writer.field(.contentLength, length) }
        } else if let framing, hasBodyFraming(head.status) {
            writer.framing(framing)
        }
        if close { writer.field(.connection, "close") }
        return writer.end()
    }

    /// The head of an engine's consent to switch protocols.
    static func switching(_ head: ResponseHead) -> [UInt8] {
        var writer = HeadWriter(status: head.status, reason: head.reason)
        write(head, to: &writer)
        if head.status == 101 {
            writer.field(.connection, "Upgrade")
            writer.field(.upgrade, head.fields[.upgrade] ?? "tcp")
            if let accept = head.fields[.webSocketAccept] {
                writer.field(.webSocketAccept, accept)
            }
        }
        return writer.end()
    }

    private static func write(_ head: ResponseHead, to writer: inout HeadWriter) {
        head.fields.forEach { name, value in
            guard isPassed(name) else { return }
            if name == .apiVersion,
                let version = APIVersion(String(decoding: value, as: UTF8.self)),
                version > .ceiling
            {
                writer.field(.apiVersion, APIVersion.ceiling.description)
            } else {
                writer.field(name, value)
            }
        }
    }

    /// Answers without a body say nothing about its length (RFC 9110 §8.6).
    private static func hasBodyFraming(_ status: Int) -> Bool {
        status >= 200 && status != 204 && status != 304
    }

    /// True for base64 in either alphabet, as registry credentials are sent.
    private static func isBase64(_ text: String) -> Bool {
        text.utf8.allSatisfy { byte in
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2B, 0x2D, 0x2F, 0x3D, 0x5F: true
            default: false
            }
        }
    }
}
