package import Acts
import JSON

/// Labels that the gateway stamps on what a tenant makes.
package enum StampedLabel {
    /// What every label of ours begins with; clients' own labels under it are dropped.
    package static let prefix = "quaymaster."
    /// The tenant that owns the object.
    package static let tenant = "quaymaster.tenant"
    /// The identity that made it.
    package static let identity = "quaymaster.identity"
}

/// A request that has been understood: what it means, and how it will be written anew.
package struct Draft: Sendable {
    /// The target, understood.
    package private(set) var call: Call
    /// What it would do.
    package private(set) var act: Act
    private var body: JSONObject?
    private let rawBody: JSONValue?

    /// Understands a request whose body is none or a stream.
    package init(_ call: Call) throws(BodyRefusal) {
        try self.init(call, value: nil)
    }

    /// Understands a request with a JSON body.
    ///
    /// - Parameters:
    ///   - call: The target.
    ///   - bytes: The whole body.
    /// - Throws: `BodyRefusal` when it is no JSON, or not of the operation's shape.
    package init(_ call: Call, body bytes: [UInt8]) throws(BodyRefusal) {
        let value: JSONValue
        do {
            value = try JSONReader.value(of: bytes)
        } catch {
            throw BodyRefusal("", "body.json", "is refused: \(error.sentence)")
        }
        try self.init(call, value: value)
    }

    private init(_ call: Call, value: JSONValue?) throws(BodyRefusal) {
        self.call = call
        let operation = call.operation
        var act = Act(
            operation: operation.name, verbs: operation.verbs, harm: operation.harm,
            creates: operation.creates, reach: operation.reach)
        if let kind = operation.subject, let subject = call.subject {
            act.references.append(Reference(kind, subject, origin: "path"))
        }
        var object: JSONObject?
        if case .json(let kind) = operation.body {
            let read = try Shape.of(kind).read(value ?? .object(JSONObject()), at: "")
            object = read.object
            Self.judge(kind, object ?? JSONObject(), into: &act)
            rawBody = read
        } else {
            rawBody = nil
        }
        Self.judge(call, into: &act)
        body = object
        self.act = act
    }

    /// Adds what a body refers to and asks for.
    private static func judge(_ kind: BodyKind, _ body: JSONObject, into act: inout Act) {
        switch kind {
        case .containerCreate: act.add(ContainerDemands(create: body))
        case .containerUpdate: act.add(ContainerDemands(update: body))
        case .networkConnect, .networkDisconnect: act.add(ContainerDemands(connect: body))
        case .networkCreate: act.demands += NetworkDemands.read(body)
        case .volumeCreate: act.demands += VolumeDemands.read(body)
        case .execCreate:
            if body["Privileged"]?.bool == true {
                act.demands.append(Demand(.privileged, origin: "Privileged"))
            }
        case .unjudged:
            let what = "\(act.operation), whose body is not judged field by field yet,"
            act.demands.append(Demand(.unjudged(what), origin: "body"))
        case .containerConfig, .execStart, .credentials: break
        }
        if [.networkCreate, .volumeCreate].contains(kind) {
            act.newName = body["Name"]?.string ?? ""
        }
        if kind == .volumeCreate, let name = body["Name"]?.string, !name.isEmpty {
            // Creating a volume under a name that exists answers with that volume.
            act.references.append(
                Reference(.volume, name, origin: "Name", mayBeAbsent: true))
        }
    }

    /// Adds what a query refers to and asks for.
    private static func judge(_ call: Call, into act: inout Act) {
        switch call.operation.name {
        case "ContainerCreate", "ContainerRename": act.newName = call.query.value("name")
        case "ImageBuild":
            let build = BuildDemands(call.query)
            act.demands += build.demands
            act.references += build.references
        case "ImageCommit":
            let container = call.query.value("container")
            act.references.append(Reference(.container, container, origin: "container"))
        case "ImageGetAll":
            act.references += call.query["names"].map { Reference(.image, $0, origin: "names") }
        case "ImageCreate":
            let source = call.query.value("fromSrc")
            if source.isEmpty {
                act.references.append(
                    Reference(
                        .image, call.query.value("fromImage"), origin: "fromImage",
                        mayBeAbsent: true))
            } else {
                act.reads(source: source)
            }
        default: break
        }
    }

    /// True when the connection becomes a raw stream if the engine agrees.
    package var hijacks: Bool {
        switch call.operation.answer {
        case .value, .live: false
        case .webSocket: true
        case .hijack:
            // A detached exec is answered like any request.
            body?["Detach"]?.bool != true
        }
    }

    /// Applies what a permission carries with it.
    ///
    /// - Parameters:
    ///   - obligation: The obligation.
    ///   - identity: Who is asking, for the label.
    package mutating func apply(_ obligation: Obligation, for identity: String) {
        switch obligation {
        case .stamp(let tenant): stamp(tenant: tenant, identity: identity)
        case .narrow(let tenant):
            call.narrow(toLabel: StampedLabel.tenant + "=" + tenant)
        case .makeVolumes: break
        }
    }

    /// Drops the client's labels under our prefix and sets ours.
    private mutating func stamp(tenant: String?, identity: String) {
        guard case .json(let kind) = call.operation.body, kind.carriesLabels else { return }
        var labels = (body?["Labels"]?.object?.members ?? []).filter {
            !$0.name.lowercased().hasPrefix(StampedLabel.prefix)
        }
        if let tenant {
            labels.append(JSONObject.Member(name: StampedLabel.tenant, value: .string(tenant)))
        }
        labels.append(JSONObject.Member(name: StampedLabel.identity, value: .string(identity)))
        body?["Labels"] = .object(JSONObject(distinct: labels))
    }

    /// Writes the request for the engine.
    ///
    /// - Parameter version: The version to speak when the client named none.
    /// - Returns: The request, every part of it ours.
    package func request(version: APIVersion) -> EngineRequest {
        let query = call.query.canonical
        let path = call.canonicalPath
        var json: [UInt8]?
        if let body {
            json = JSONWriter.bytes(.object(body))
        } else if let rawBody {
            json = JSONWriter.bytes(rawBody)
        }
        var contentType: String?
        if case .stream(let type) = call.operation.body { contentType = type }
        return EngineRequest(
            method: call.operation.method,
            target: "/v\(call.version ?? version)\(path)" + (query.isEmpty ? "" : "?" + query),
            contentType: json == nil ? contentType : "application/json", body: json)
    }
}

/// A request as it is written to the engine: every part of it is ours.
package struct EngineRequest: Hashable, Sendable {
    /// The method.
    package let method: Operation.Method
    /// The target, canonical.
    package let target: String
    /// The body's type; nil when there is no body.
    package let contentType: String?
    /// A judged body; nil when there is none or it is a stream.
    package let body: [UInt8]?

    /// Makes a request.
    package init(method: Operation.Method, target: String, contentType: String?, body: [UInt8]?) {
        self.method = method
        self.target = target
        self.contentType = contentType
        self.body = body
    }
}

extension BodyKind {
    /// True for bodies that make something that carries labels.
    fileprivate var carriesLabels: Bool {
        switch self {
        case .containerCreate, .containerConfig, .networkCreate, .volumeCreate: true
        case .containerUpdate, .execCreate, .execStart, .networkConnect, .networkDisconnect,
            .credentials, .unjudged:
            false
        }
    }
}

extension Act {
    fileprivate mutating func add(_ reader: ContainerDemands) {
        demands += reader.demands
        references += reader.references
    }

    /// An image made of an archive, or of what the engine fetches from an address.
    fileprivate mutating func reads(source: String) {
        self = Act(
            operation: operation, verbs: [.import], harm: harm, references: references,
            demands: demands, creates: creates, reach: reach)
        if source != "-" {
            demands.append(
                Demand(
                    .unjudged("an image that the engine fetches from an address"),
                    origin: "fromSrc"))
        }
    }
}

extension Call {
    /// The path in canonical form, without a version.
    fileprivate var canonicalPath: String {
        var path = ""
        for segment in operation.path {
            switch segment {
            case .literal(let text): path += "/" + text
            case .one, .several: path += "/" + (subject ?? "")
            }
        }
        return path
    }
}
