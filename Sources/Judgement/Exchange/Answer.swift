import Acts
import EngineAPI
import JSON
package import Wire

/// An answer that the gateway gives itself, in the form that Docker clients read.
package struct Answer: Hashable, Sendable {
    /// The status code.
    package let status: Int
    /// The sentence; it stands in `{"message": …}`.
    package let message: String
    /// The rule that was broken, for records; nil for failures that are nobody's rule.
    package let rule: String?

    /// The most bytes of a message: it repeats what clients send.
    private static let longest = 4096

    /// Makes an answer.
    package init(status: Int, message: String, rule: String? = nil) {
        self.status = status
        self.message =
            message.utf8.count <= Self.longest
            ? message : String(decoding: message.utf8.prefix(Self.longest), as: UTF8.self) + "…"
        self.rule = rule
    }

    /// A refusal of something that could not even be understood.
    package init(_ failure: HeadFailure) {
        self.init(
            status: failure.status,
            message: "quaymaster: refused: \(failure.sentence); rule wire.head", rule: "wire.head")
    }

    init(_ failure: BodyFailure) {
        self.init(
            status: 400, message: "quaymaster: refused: \(failure.sentence); rule wire.body",
            rule: "wire.body")
    }

    init(_ failure: TargetFailure) {
        switch failure {
        case .tooOld, .tooNew, .absent:
            // Clients go by these words; they are the engine's own.
            self.init(status: failure.status, message: failure.sentence, rule: failure.rule)
        default:
            self.init(
                status: failure.status, message: "quaymaster: refused: \(failure.sentence)",
                rule: failure.rule)
        }
    }

    init(_ refusal: BodyRefusal) {
        let isGrammar = ["body.json", "body.type", "query.empty"].contains(refusal.rule)
        self.init(
            status: isGrammar ? 400 : 403,
            message: "quaymaster: refused: \(refusal.sentence)", rule: refusal.rule)
    }

    init(_ refusal: Refusal) {
        let words = "quaymaster: refused: \(refusal.words)"
        switch refusal.reason {
        case .foreignExec(let reference):
            self.init(status: 404, message: Absence.message(reference), rule: refusal.rule)
        case .absent(let reference):
            // Clients take a 404 to a new container for a missing image, and pull it.
            let isPart = reference.origin.contains("Config")
            self.init(
                status: isPart ? 403 : 404, message: Absence.message(reference), rule: refusal.rule)
        case .taken: self.init(status: 409, message: words, rule: refusal.rule)
        case .noGrants, .verbNotGranted, .beyondLevel, .nameReadsAsID, .notForTenants,
            .strongerTarget, .movablePath, .protectedPath, .engineSocket, .noOwnSocket,
            .sharedImage, .inheritedLabel, .weakRuntime, .exposed, .ingress, .shellRole,
            .noReason, .guardedExec, .execExtra:
            self.init(status: 403, message: words, rule: refusal.rule)
        }
    }

    /// The answer as bytes.
    ///
    /// - Parameters:
    ///   - close: True when the connection ends with it.
    ///   - isHead: True when a HEAD request is answered: there is no body then.
    ///   - entry: The id of the entry in the record that a refusal has; nil: it has none.
    /// - Returns: Head and body.
    package func bytes(close: Bool, isHead: Bool = false, entry: String? = nil) -> [UInt8] {
        let entry = rule == nil ? nil : entry
        var object = JSONObject()
        // What is said in the engine's own words stays as clients read it.
        let isOurs = message.hasPrefix("quaymaster: ")
        object["message"] = .string(message + (isOurs ? entry.map { "; entry \($0)" } ?? "" : ""))
        let body = JSONWriter.bytes(.object(object)) + [0x0A]
        var writer = HeadWriter(status: status, reason: Self.reasons[status] ?? "Refused")
        writer.field(.contentType, "application/json")
        if let entry { writer.field(.ledgerEntry, entry) }
        writer.framing(.length(body.count))
        if close { writer.field(.connection, "close") }
        return writer.end() + (isHead ? [] : body)
    }

    private static let reasons = [
        400: "Bad Request", 403: "Forbidden", 404: "Not Found", 409: "Conflict",
        408: "Request Timeout",
        413: "Content Too Large", 417: "Expectation Failed", 429: "Too Many Requests",
        431: "Request Header Fields Too Large", 500: "Internal Server Error",
        501: "Not Implemented", 502: "Bad Gateway", 503: "Service Unavailable",
        505: "HTTP Version Not Supported", 507: "Insufficient Storage",
    ]
}
