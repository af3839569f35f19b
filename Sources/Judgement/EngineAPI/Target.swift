package import Acts

/// Why a target was refused before anybody asked who may do it.
package enum TargetFailure: Error, Hashable, Sendable {
    /// Not `/path?query` in the one accepted spelling.
    case malformed(String)
    /// No operation has this path; nothing is forwarded that the catalogue does not know.
    case unknownOperation
    /// The path exists, but with these methods only.
    case unknownMethod(known: [Operation.Method])
    /// The path asks about an object that cannot exist.
    case absent(Reference)
    /// The operation exists and is refused to everybody.
    case refusedOperation(String, reason: String)
    /// The client's API version is below the floor.
    case tooOld(APIVersion)
    /// The client's API version is above the ceiling.
    case tooNew(APIVersion)
    /// A query parameter that the operation does not have, or that stands twice.
    case parameter(String, String)

    /// The status code that a client is answered with.
    package var status: Int {
        switch self {
        case .malformed, .tooOld, .tooNew, .parameter: 400
        case .absent: 404
        case .unknownOperation, .unknownMethod, .refusedOperation: 403
        }
    }

    /// The rule's id.
    package var rule: String {
        switch self {
        case .malformed: "target.grammar"
        case .unknownOperation, .unknownMethod: "operation.unknown"
        case .absent: "target.absent"
        case .refusedOperation(let name, _): "operation.\(name)"
        case .tooOld, .tooNew: "api.version"
        case .parameter: "query.parameter"
        }
    }

    /// One sentence for the client. Versions are refused in the engine's own words.
    package var sentence: String {
        switch self {
        case .malformed(let what): "\(what); rule \(rule)"
        case .absent(let reference): Absence.message(reference)
        case .unknownOperation:
            "this is no operation of the Engine API that the gateway knows; rule \(rule); "
                + "the operations of API \(APIVersion.floor) to \(APIVersion.ceiling) are"
        case .unknownMethod(let known):
            "this path has no such method; rule \(rule); "
                + "it has \(known.map(\.rawValue).joined(separator: ", "))"
        case .refusedOperation(_, let reason): "\(reason); rule \(rule)"
        case .tooOld(let version):
            "client version \(version) is too old. Minimum supported API version is "
                + "\(APIVersion.floor), please upgrade your client to a newer version"
        case .tooNew(let version):
            "client version \(version) is too new. Maximum supported API version is "
                + "\(APIVersion.ceiling)"
        case .parameter(let name, let problem):
            "the query parameter \(name) \(problem); rule \(rule)"
        }
    }
}

/// A request's target, understood: which operation, in which version, on what, with what.
package struct Call: Sendable {
    /// The operation.
    package let operation: Operation
    /// The version that the client named; nil when it named none.
    package let version: APIVersion?
    /// What stands at the path's placeholder, within the grammar of its kind.
    package private(set) var subject: String?
    /// The query, checked, in canonical spelling and in the catalogue's order.
    package private(set) var query: Query

    /// Understands a target.
    ///
    /// - Parameters:
    ///   - method: The request's method.
    ///   - target: The target in origin form: visible ASCII, as it was sent.
    /// - Throws: `TargetFailure`.
    package init(_ method: String, _ target: String) throws(TargetFailure) {
        let parts = target.utf8.split(
            separator: UInt8(ascii: "?"), maxSplits: 1, omittingEmptySubsequences: false)
        guard let path = parts.first.map({ Substring($0) }) else {
            throw .malformed("the target is empty")
        }
        var segments = try Self.segments(of: path)
        version = try Self.version(takenFrom: &segments)
        guard let method = Operation.Method(rawValue: method),
            let found = Catalogue.find(method, segments)
        else { throw Self.failure(method, segments) }
        if let reason = found.operation.refused {
            throw .refusedOperation(found.operation.name, reason: reason)
        }
        operation = found.operation
        subject = found.subject
        if let subject, let kind = operation.subject, !Name.isValid(subject, for: kind) {
            // Who asks about a name that nothing can have is told that there is nothing: the docker
            // client asks for a container `web:1` before it asks for the image.
            guard method == .get || kind == .exec else {
                throw .malformed("\(Name.shown(subject)) is no name or id of a \(kind.rawValue)")
            }
            let text = Name.isValid(subject, for: .image) ? subject : Name.shown(subject)
            throw .absent(Reference(kind, text, origin: "path"))
        }
        query = try Query(parts.count > 1 ? Substring(parts[1]) : "", for: operation)
    }

    private static func failure(_ method: String, _ segments: [Substring]) -> TargetFailure {
        if let method = Operation.Method(rawValue: method),
            let object = Catalogue.impossible(method, segments)
        {
            return .absent(Reference(object.kind, object.name, origin: "path"))
        }
        switch segments.first.map(String.init) {
        case "grpc"?:
            return .refusedOperation(
                "GRPC",
                reason: "the engine's gRPC is a stream that cannot be judged; "
                    + "build with DOCKER_BUILDKIT=0")
        case "debug"?:
            return .refusedOperation(
                "Debug", reason: "the engine's profiler is for who runs the engine; ask it there")
        default:
            let known = Catalogue.methods(of: segments)
            return known.isEmpty ? .unknownOperation : .unknownMethod(known: known)
        }
    }

    /// True when a stream of bytes comes with the request: pulls are among the imports, and bring none.
    package var bringsBody: Bool {
        guard case .stream = operation.body else { return false }
        return operation.name != "ImageCreate" || query.value("fromSrc") == "-"
    }

    /// Narrows the operation's filters by a label.
    mutating func narrow(toLabel label: String) {
        query.narrow(toLabel: label, of: operation)
    }

    /// Narrows the operation's filters by a label that no object may carry.
    mutating func narrow(withoutLabel label: String) {
        query.narrow(withoutLabel: label, of: operation)
    }

    /// Takes the limit of a list of containers out, which asks for those that have ended too.
    ///
    /// - Returns: The limit; nil when there is none.
    mutating func takeLimit() -> Int? {
        guard let limit = Int(query.value("limit")) else { return nil }
        query.remove("limit")
        guard limit > 0 else { return nil }
        force(["all": "1"])
        return limit
    }

    /// Sets flags, whatever the client said, in this order.
    mutating func force(_ flags: KeyValuePairs<String, String>) {
        for (name, value) in flags { query.set(name, value, of: operation) }
    }

    /// Sets a parameter that may stand several times to these values.
    mutating func replace(_ name: String, _ values: [String]) {
        query.set(name, values: values, of: operation)
    }

    /// Adds a value to a parameter that may stand several times.
    mutating func add(_ name: String, _ value: String) {
        query.add(name, value, of: operation)
    }

    /// Names the path's object by its full id.
    mutating func pin(_ id: String) {
        if subject != nil { subject = id }
    }

    /// Names the object of a query parameter by its full id.
    mutating func pin(_ parameter: String, _ id: String) {
        query.replace(parameter, id)
    }

    /// Splits a path into segments: no percent-encoding, no empty, `.` or `..` segment.
    private static func segments(of path: Substring) throws(TargetFailure) -> [Substring] {
        guard path.utf8.first == UInt8(ascii: "/") else {
            throw .malformed(
                "the target is not a path; only the origin form, /path?query, is accepted")
        }
        guard path.utf8.allSatisfy(isPathCharacter) else {
            throw .malformed(
                "the path holds a character that no path of the Engine API needs; "
                    + "write it without percent-encoding")
        }
        let segments = path.utf8.dropFirst().split(
            separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        guard !segments.contains(where: isDots) else {
            throw .malformed("the path has an empty, '.' or '..' segment; write it without")
        }
        return segments.map { Substring($0) }
    }

    /// True for an empty segment, `.` and `..`.
    private static func isDots(_ segment: Substring.UTF8View) -> Bool {
        segment.count <= 2 && segment.allSatisfy { $0 == UInt8(ascii: ".") }
    }

    private static func isPathCharacter(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        case 0x2B, 0x2D, 0x2E, 0x2F, 0x3A, 0x40, 0x5F: true  // + - . / : @ _
        default: false
        }
    }

    private static func version(
        takenFrom segments: inout [Substring]
    ) throws(TargetFailure) -> APIVersion? {
        guard segments.count > 1, let first = segments.first,
            first.utf8.first == UInt8(ascii: "v"),
            let digit = first.utf8.dropFirst().first, 0x30...0x39 ~= digit
        else { return nil }
        guard let version = APIVersion(first.dropFirst()) else {
            throw .malformed("\(Name.shown(String(first))) is no version; write it as /v1.41")
        }
        guard version >= .floor else { throw .tooOld(version) }
        guard version <= .ceiling else { throw .tooNew(version) }
        segments.removeFirst()
        return version
    }
}
