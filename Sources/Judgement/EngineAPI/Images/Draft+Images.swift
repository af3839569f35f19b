package import Acts
import JSON

/// Names of images on an engine that tenants share: engines are told ids and anchors.
extension Draft {
    /// An id that no image has.
    private static let noImage = "sha256:" + String(repeating: "0", count: 64)

    /// Gives what is made its anchors in the place of the client's names.
    ///
    /// - Parameter namings: What is made.
    package mutating func anchor(_ namings: [ImageNaming]) {
        guard let first = namings.first?.anchor else { return }
        switch call.operation.name {
        case "ImageBuild": call.replace("t", namings.map(\.anchor.name))
        case "ImageTag", "ImageCommit":
            call.force(["repo": first.repository, "tag": first.tenant])
        case "ImageCreate" where act.verbs == [.import]:
            call.force(["repo": first.repository, "tag": first.tenant])
        default: break
        }
    }

    /// Pulls an image by its digest, whatever its name means by then.
    package mutating func pull(_ digest: String) {
        call.force(["tag": digest])
    }

    /// Says the anchor of the image whose name is removed.
    package mutating func remove(_ anchor: ImageAnchor) {
        call.pin(anchor.name)
    }

    /// Names images by the ids that they were found under, so that a name which moves before the
    /// engine reads it moves nothing.
    ///
    /// - Parameter facts: What the references turned out to be.
    package mutating func pinImages(_ facts: Facts) {
        for reference in act.references where reference.kind == .image {
            var id: String?
            if case .found(let found, _)? = facts[reference] { id = found }
            pin(reference, id, facts.images[reference])
        }
        takeImageFilters()
    }

    /// Saves what was judged, under the engine's own names: on an engine of one tenant.
    package mutating func pinSaved(_ facts: Facts) {
        for reference in act.references where reference.kind == .image {
            guard case .found(let id, _)? = facts[reference],
                ["ImageGet", "ImageGetAll"].contains(call.operation.name)
            else { continue }
            pin(reference, id, facts.images[reference])
        }
    }

    private mutating func pin(_ reference: Reference, _ id: String?, _ image: ImageFinding?) {
        switch (reference.origin, id) {
        case ("Image", let id?): body?["Image"] = .string(id)
        case ("TaskTemplate.ContainerSpec.Image", let id?): pinService(image: id)
        case ("path", let id?):
            switch call.operation.name {
            case "ImageInspect", "ImageHistory", "ImageAttestations", "ImageTag":
                call.pin(id)
            // By its id an image would lose everybody's names: only an anchor is ever removed.
            case "ImageDelete": call.pin(Self.noImage)
            case "ImageGet": call.pin(image?.name ?? id)
            default: break
            }
        case ("names", let id?):
            let said = image?.name ?? id
            call.replace("names", call.query["names"].map { $0 == reference.text ? said : $0 })
        case ("cachefrom", _): pinCache(reference.text, id)
        case ("filters", _): pinFilters(reference.text, id ?? Self.noImage)
        default: break
        }
    }

    private mutating func pinService(image id: String) {
        guard var task = body?["TaskTemplate"]?.object,
            var container = task["ContainerSpec"]?.object
        else { return }
        container["Image"] = .string(id)
        task["ContainerSpec"] = .object(container)
        body?["TaskTemplate"] = .object(task)
    }

    /// What is not there is left out: the engine does without.
    private mutating func pinCache(_ text: String, _ id: String?) {
        let names = ParameterValue.json(call.query.value("cachefrom"))?.array ?? []
        let pinned = names.compactMap { name -> JSONValue? in
            name.string == text ? id.map { .string($0) } : name
        }
        call.force(["cachefrom": JSONWriter.text(.array(pinned))])
    }

    private mutating func pinFilters(_ text: String, _ id: String) {
        guard var filters = ParameterValue.json(call.query.value("filters"))?.object else { return }
        for key in Act.imageFilters(of: call.operation.name) {
            guard let values = filters[key]?.object, values[text] != nil else { continue }
            let members = values.members.map { member in
                JSONObject.Member(name: member.name == text ? id : member.name, value: member.value)
            }
            filters[key] = .object(JSONObject(distinct: Self.once(members)))
        }
        call.force(["filters": JSONWriter.text(.object(filters))])
    }

    /// Two names of one image are one id.
    private static func once(_ members: [JSONObject.Member]) -> [JSONObject.Member] {
        var seen = Set<String>()
        return members.filter { seen.insert($0.name).inserted }
    }

    /// What an engine would ask of its own names is asked of the tenant's, in the answer.
    private mutating func takeImageFilters() {
        guard call.operation.name == "ImageList",
            var filters = ParameterValue.json(call.query.value("filters"))?.object
        else { return }
        func take(_ key: String) -> [String] {
            let names = (filters[key]?.object?.members ?? []).map(\.name)
            filters[key] = nil
            return names
        }
        imageFilter = ImageFilter(references: take("reference"), dangling: take("dangling"))
        call.force(["filters": JSONWriter.text(.object(filters))])
    }
}

extension Act {
    /// The filters of a list that name images.
    static func imageFilters(of operation: String) -> [String] {
        switch operation {
        case "ContainerList": ["ancestor"]
        case "ImageList": ["before", "since"]
        default: []
        }
    }
}
