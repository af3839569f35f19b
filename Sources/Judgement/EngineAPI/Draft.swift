package import Acts
import JSON

/// A request that has been understood: what it means, and how it will be written anew.
package struct Draft: Sendable {
    /// The target, understood.
    package internal(set) var call: Call
    /// What it would do.
    package private(set) var act: Act
    var body: JSONObject?
    /// The most entries of a list that is narrowed in its answer; nil for all.
    package internal(set) var limit: Int?
    /// Which images of a list are shown, where the engine cannot tell.
    package internal(set) var imageFilter = ImageFilter()
    /// The version that the request is sent in whatever the client named: a newer one than its own,
    /// since older ones leave fields out that make a container safe.
    var spoken: APIVersion?
    private static let maximumReferences = 256
    /// The most values in a body; the largest honest ones hold some hundreds.
    private static let maximumValues = 65_536
    /// A judged body that is no object.
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
        guard value.holds(atMost: Self.maximumValues, in: bytes.count) else {
            throw BodyRefusal(
                "", "body.size", "is refused: it holds more than \(Self.maximumValues) values")
        }
        // An engine reads null as an empty body, and clients send it.
        try self.init(call, value: value.isNull ? nil : value)
    }

    private init(_ call: Call, value: JSONValue?) throws(BodyRefusal) {
        self.call = call
        let operation = call.operation
        var act = Act(
            operation: operation.name, verbs: operation.verbs, harm: operation.harm,
            creates: operation.creates, reach: operation.reach)
        if operation.harm.contains(.host) {
            act.demands.append(Demand(.hostItself(operation.name), origin: "operation"))
        }
        if let kind = operation.subject, let subject = call.subject {
            act.references.append(
                Reference(
                    kind, subject, origin: "path",
                    use: operation.method == .delete ? .changes : .reads,
                    lendsPower: operation.enters))
        }
        var object: JSONObject?
        if case .json(let kind) = operation.body {
            var value = value ?? Shape.of(kind).zero
            if kind == .containerCreate, let body = value.object {
                // What clients send beyond the API, and answers that are sent back.
                value = .object(EngineDefaults.leavingAnswers(body))
            }
            var read = try Shape.of(kind).read(value, at: "")
            if kind == .containerCreate, let body = read.object {
                read = .object(EngineDefaults.keepingMaskedPaths(body))
            }
            if kind == .networkConnect, let body = read.object {
                read = .object(DefaultNetwork.leavingNetworkID(body))
            }
            object = read.object
            Self.judge(kind, object ?? JSONObject(), into: &act)
            // A second owner of the object would make every change to it a copy.
            rawBody = object == nil ? read : nil
        } else {
            rawBody = nil
        }
        try act.add(queryOf: call)
        act.addExposures(of: call)
        try Self.readChanges(&self.call, into: &act)
        self.call.nameImages(judgedIn: act)
        // Each may cost a question to the engine.
        guard act.references.count <= Self.maximumReferences else {
            throw BodyRefusal(
                "", "body.references",
                "is refused: it refers to more than \(Self.maximumReferences) objects")
        }
        try Self.check(object, of: operation)
        body = object
        self.act = act
    }

    /// Instructions of a Dockerfile that a commit or an import applies, written anew.
    private static func readChanges(
        _ call: inout Call, into act: inout Act
    ) throws(BodyRefusal) {
        let changes = call.query["changes"]
        if changes.isEmpty { return }
        do {
            let read = try ImageChanges(parsing: changes)
            act.demands += read.labels.map { Demand(.label($0), origin: "changes") }
            call.replace("changes", read.texts)
        } catch {
            throw BodyRefusal(error, in: "changes")
        }
    }

    /// Adds what a body refers to and asks for.
    private static func judge(_ kind: BodyKind, _ body: JSONObject, into act: inout Act) {
        switch kind {
        case .containerCreate:
            // Without an image the engine makes a container of nothing.
            if (body["Image"]?.string ?? "").isEmpty {
                act.demands.append(Demand(.image("scratch"), origin: "Image"))
            }
            act.add(ContainerDemands(create: body))
            if DefaultNetwork.isUsed(by: body) { act.defaultNetwork = .containers }
        case .containerUpdate:
            act.add(ContainerDemands(update: body))
            // The engine starts it by itself later, which is a start like any other.
            if !["", "no"].contains(body["RestartPolicy"]?["Name"]?.string ?? "") {
                act.references = act.references.map { $0.lendingPower }
            }
        case .networkConnect, .networkDisconnect: act.add(ContainerDemands(connect: body))
        case .networkCreate:
            act.demands += NetworkDemands.read(body)
            act.bridgeSubnets = TenantBridge.subnets(of: body)
            act.demands += LabelDemands.read(body["Labels"], "Labels")
        case .volumeCreate:
            act.demands += VolumeDemands.read(body)
            act.demands += LabelDemands.read(body["Labels"], "Labels")
        case .execCreate:
            if body["Privileged"]?.bool == true {
                act.demands.append(Demand(.privileged, origin: "Privileged"))
            }
            act.exec = ExecWish(creating: body)
        case .containerConfig: act.demands += LabelDemands.read(body["Labels"], "Labels")
        case .credentials:
            if let host = RegistryDemand.host(body["serveraddress"]?.string ?? "") {
                act.demands.append(Demand(.registry(host), origin: "serveraddress"))
            }
        case .service:
            let service = ServiceDemands(body)
            act.demands += service.demands
            act.demands += LabelDemands.read(body["Labels"], "Labels")
            act.references += service.references
            act.ingressOrigin = service.ingressOrigin
            if DefaultNetwork.isUsed(byTasksOf: body) { act.defaultNetwork = .services }
        case .secret, .config: act.demands += SecretDemands.read(body)
        // Harmless, or governed by what the operation says of itself (Demand.hostItself).
        case .execStart, .volumeUpdate, .node, .swarmInit, .swarmJoin, .swarm, .swarmUnlock,
            .pluginSettings, .pluginPrivileges:
            break
        }
        act.relabels = act.creates == nil && kind.carriesLabels
        // An update repeats the name that the object has.
        if kind.named != nil, act.creates != nil { act.newName = body["Name"]?.string ?? "" }
        // Creating a volume under a name that exists answers with that volume; a second network
        // of a name makes the name ambiguous for its owner.
        if let object = kind.named, !act.newName.isEmpty {
            act.references.append(
                Reference(object, act.newName, origin: "Name", use: .makes))
        }
    }

    /// Names that go into our own calls to the engine keep to the grammar of their kind.
    private static func check(
        _ body: JSONObject?, of operation: Operation
    ) throws(BodyRefusal) {
        guard case .json(let kind) = operation.body, let object = kind.named,
            let name = body?["Name"]?.string, !name.isEmpty
        else { return }
        guard Name.isValid(name, for: object) else {
            throw BodyRefusal(
                "Name", "body.value", "\(Name.shown(name)) is no name of a \(object.rawValue)")
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
            target: "/v\(spoken ?? call.version ?? version)\(path)"
                + (query.isEmpty ? "" : "?" + query),
            contentType: json == nil ? contentType : "application/json", body: json)
    }
}

extension BodyKind {
    /// The kind of object that the body gives a name to in `Name`.
    fileprivate var named: ObjectKind? {
        switch self {
        case .volumeCreate: .volume
        case .networkCreate: .network
        case .service: .service
        case .secret: .secret
        case .config: .config
        case .containerCreate, .containerUpdate, .containerConfig, .execCreate, .execStart,
            .networkConnect, .networkDisconnect, .volumeUpdate, .node, .swarmInit, .swarmJoin,
            .swarm, .swarmUnlock, .pluginSettings, .pluginPrivileges, .credentials:
            nil
        }
    }
}

extension Act {
    fileprivate mutating func add(_ reader: ContainerDemands) {
        demands += reader.demands
        references += reader.references
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
