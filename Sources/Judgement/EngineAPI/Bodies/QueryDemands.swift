import Acts
import JSON

/// What a target refers to and asks for beside its path: the parameters that are judged.
extension Act {
    mutating func add(queryOf call: Call) throws(BodyRefusal) {
        switch call.operation.name {
        case "ContainerCreate", "ContainerRename":
            newName = call.query.value("name")
            // A container may be made without a name, which then gets one.
            if newName.isEmpty, call.operation.name == "ContainerRename" {
                throw BodyRefusal("name", "query.empty", "must say the new name")
            }
            // A name that somebody has: the engine's refusal would tell whose.
            if !newName.isEmpty {
                references.append(
                    Reference(.container, newName, origin: "name", use: .makes))
            }
        case "ContainerList":
            references += try Self.neighbours(call)
            references += Self.filteredImages(call)
        case "ImageList": references += Self.filteredImages(call)
        case "ImageBuild": try addBuild(call)
        case "ImageCommit":
            let container = call.query.value("container")
            references.append(
                Reference(.container, container, origin: "container", lendsPower: true))
            try addName(call, "repo")
        case "ImageTag": try addName(call, "repo")
        case "ContainerEnter":
            shell = ShellWish(roles: call.query["role"], reason: call.query.value("reason"))
        case "RecordingList", "RecordingGet", "SessionList", "SessionWatch", "SessionModerate",
            "ApprovalList", "ApprovalDecide":
            ask = try ShellAsk(call)
        case "ImageGetAll":
            let names = call.query["names"]
            if names.contains("") {
                throw BodyRefusal("names", "query.empty", "must name an image")
            }
            references += names.map { Reference(.image, $0, origin: "names") }
        case "ImageCreate": try addImageSource(call)
        case "ImagePush": try addPush(call)
        case "ImageSearch":
            // The engine looks for an index before the first slash.
            let parts = call.query.value("term").parts(between: "/")
            guard parts.count > 1, let host = parts.first else { break }
            let isHost = host == "localhost" || host.utf8.contains { $0 == 0x2E || $0 == 0x3A }
            if isHost { demands.append(Demand(.registry(host), origin: "term")) }
        case "ServiceUpdate" where call.query.value("rollback") == "previous":
            // The body counts for nothing then: what comes back is the service's own.
            references = references.map { reference in
                guard reference.origin == "path" else { return reference }
                return Reference(.service, reference.text, origin: "path", lendsPower: true)
            }
        case "DistributionInspect":
            addRegistry(of: call.subject ?? "", "path")
            // The engine asks the registry alone; what is here has nothing to do with it.
            references.removeAll()
        default: break
        }
    }

    private mutating func addBuild(_ call: Call) throws(BodyRefusal) {
        let build = BuildDemands(call.query)
        demands += build.demands
        references += build.references
        if DefaultNetwork.isNamed(by: call.query.value("networkmode")) {
            defaultNetwork = .containers
        }
        for text in call.query["t"] where !text.isEmpty {
            references.append(try Self.newImage(text, tag: "", origin: "t"))
        }
        for name in ParameterValue.json(call.query.value("cachefrom"))?.array ?? [] {
            let text = name.string ?? ""
            guard Name.isValid(text, for: .image) else {
                throw BodyRefusal(
                    "cachefrom", "query.parameter", "names \(Name.shown(text)), which is no image")
            }
            // The engine does without what is not there.
            references.append(Reference(.image, text, origin: "cachefrom", use: .fetches))
        }
        let labels = ParameterValue.json(call.query.value("labels"))
        demands += LabelDemands.read(labels, "labels")
    }

    /// The image's name that a commit, a tag or an import makes.
    private mutating func addName(_ call: Call, _ parameter: String) throws(BodyRefusal) {
        let repository = call.query.value(parameter)
        if repository.isEmpty { return }
        references.append(
            try Self.newImage(repository, tag: call.query.value("tag"), origin: parameter))
    }

    private static func newImage(
        _ repository: String, tag: String, origin: String
    ) throws(BodyRefusal) -> Reference {
        guard let name = ImageReference(repository: repository, tag: tag) else {
            throw BodyRefusal(
                origin, "query.parameter",
                "\(Name.shown(repository + (tag.isEmpty ? "" : ":" + tag))) is no name that an image "
                    + "can be given")
        }
        return Reference(.image, name.canonical, origin: origin, use: .makes)
    }

    /// An image that is pulled, or made of an archive or of what the engine fetches.
    private mutating func addImageSource(_ call: Call) throws(BodyRefusal) {
        let source = call.query.value("fromSrc")
        let image = call.query.value("fromImage")
        // The engine pulls when both stand there, whatever we would judge.
        guard source.isEmpty != image.isEmpty else {
            throw BodyRefusal(
                "fromImage", "query.parameter", "must stand alone, and so must fromSrc")
        }
        guard source.isEmpty else {
            self = reading(verbs: [.import])
            if source != "-" { demands.append(Demand(.fetch(source), origin: "fromSrc")) }
            return try addName(call, "repo")
        }
        let tag = call.query.value("tag")
        // A digest may stand as the tag.
        let name = ImageReference(tag.utf8.contains(UInt8(ascii: ":")) ? "\(image)@\(tag)" : image)
        guard let name else {
            throw BodyRefusal(
                "fromImage", "query.parameter", "\(Name.shown(image)) is no name of an image")
        }
        let tagged = tag.isEmpty ? name : ImageReference(repository: image, tag: tag) ?? name
        references.append(
            Reference(.image, tagged.canonical, origin: "fromImage", use: .fetches))
        demands.append(Demand(.image(tagged.canonical), origin: "fromImage"))
        demands.append(Demand(.registry(tagged.host), origin: "fromImage"))
    }

    private mutating func addPush(_ call: Call) throws(BodyRefusal) {
        let subject = call.subject ?? ""
        guard let name = ImageReference(repository: subject, tag: call.query.value("tag")) else {
            throw BodyRefusal(
                "path", "target.grammar", "\(Name.shown(subject)) is no name that can be pushed")
        }
        references = [Reference(.image, name.canonical, origin: "path")]
        demands.append(Demand(.registry(name.host), origin: "path"))
    }

    private mutating func addRegistry(of image: String, _ origin: String) {
        let host = ImageReference(image)?.host ?? "docker.io"
        demands.append(Demand(.registry(host), origin: origin))
    }

    /// The same act under other verbs.
    private func reading(verbs: [Verb]) -> Act {
        var act = Act(
            operation: operation, verbs: verbs, harm: harm, references: references,
            demands: demands, creates: creates, reach: reach)
        act.newName = newName
        return act
    }

    /// The images that a list's filters name. What is not there leaves the list empty.
    private static func filteredImages(_ call: Call) -> [Reference] {
        guard let filters = ParameterValue.json(call.query.value("filters")) else { return [] }
        return imageFilters(of: call.operation.name).flatMap { key in
            (filters[key]?.object?.members ?? []).map {
                Reference(.image, $0.name, origin: "filters", use: .fetches)
            }
        }
    }

    /// The containers that a list's filters name: whether they exist is not everybody's to know.
    private static func neighbours(_ call: Call) throws(BodyRefusal) -> [Reference] {
        guard let filters = ParameterValue.json(call.query.value("filters")) else { return [] }
        var references: [Reference] = []
        for key in ["before", "since"] {
            for member in filters[key]?.object?.members ?? [] {
                guard Name.isValid(member.name, for: .container) else {
                    throw BodyRefusal(
                        "filters", "query.parameter",
                        "names \(Name.shown(member.name)), which is no container's name")
                }
                references.append(Reference(.container, member.name, origin: "filters"))
            }
        }
        return references
    }
}
