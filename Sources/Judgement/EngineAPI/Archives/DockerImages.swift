import JSON

extension ImageReader {
    /// Reads `manifest.json`, as `docker save` writes it since 1.10.
    ///
    /// - Throws: `ImageRefusal`.
    mutating func readDockerManifest() throws(ImageRefusal) {
        let name = "manifest.json"
        let value = try documents.value(name, from: name)
        guard let images = value.array else {
            throw ImageRefusal("image.json", name, "must be a list, and is \(value.kind)")
        }
        for (index, value) in images.enumerated() {
            let image = try DocumentObject(
                value, at: "\(name)[\(index)]",
                fields: ["Config", "RepoTags", "Layers", "Parent", "LayerSources"])
            guard let config = try image.text("Config") else {
                throw ImageRefusal("image.missing", image.place, "names no configuration")
            }
            try add(configuration: config, from: image.place)
            if try image.text("Parent")?.isEmpty == false { noteParent() }
            for tag in try image.list("RepoTags") { try add(tag: tag, from: image.place) }
            for layer in try image.list("Layers") {
                // A layer that is absent here could be another tenant's, which the engine has.
                guard ImageDocuments.isPath(layer), documents.holds(layer) else {
                    throw ImageRefusal(
                        "image.missing", image.place,
                        "has the layer \(Name.shown(layer)), which is not in the archive")
                }
            }
            try readSources(image)
        }
    }

    /// Reads where layers came from. That they can be fetched from elsewhere is no tenant's to say.
    private func readSources(_ image: DocumentObject) throws(ImageRefusal) {
        guard let value = image.value("LayerSources") else { return }
        guard let members = value.object?.members else {
            throw ImageRefusal("image.json", image.place, "has LayerSources that are no object")
        }
        for member in members {
            _ = try Descriptor(member.value, at: "\(image.place).LayerSources")
        }
    }

    /// Reads `repositories` and the `ID/json` of each image, as older versions write them.
    ///
    /// Newer versions still write `repositories`, without those files, so they must be there only when
    /// no `manifest.json` stands before them.
    ///
    /// - Parameter counts: True when an engine would read them.
    /// - Returns: True when there is anything of it.
    /// - Throws: `ImageRefusal`.
    mutating func readLegacy(counts: Bool) throws(ImageRefusal) -> Bool {
        var isThere = false
        for name in documents.files.union(documents.links).sorted() {
            let parts = name.utf8.split(separator: UInt8(ascii: "/"))
            guard parts.count == 2, parts[1].elementsEqual("json".utf8) else { continue }
            guard counts || documents.documents[name] != nil else { continue }
            isThere = true
            try add(configuration: name, from: name)
            try readParent(name, counts: counts)
        }
        guard documents.holds("repositories") else { return isThere }
        let value = try documents.value("repositories", from: "repositories")
        guard let repositories = value.object?.members else {
            throw ImageRefusal("image.json", "repositories", "must be an object")
        }
        for repository in repositories {
            guard let tags = repository.value.object?.members else {
                throw ImageRefusal("image.json", "repositories", "must be an object of objects")
            }
            for tag in tags {
                guard let image = tag.value.string else {
                    throw ImageRefusal(
                        "image.json", "repositories", "must name images by their ids")
                }
                try add(tag: "\(repository.name):\(tag.name)", from: "repositories")
                if counts { _ = try documents.bytes("\(image)/json", from: "repositories") }
            }
        }
        return true
    }

    private mutating func readParent(_ name: String, counts: Bool) throws(ImageRefusal) {
        let image = try DocumentObject(
            try documents.value(name, from: name), at: name, fields: ["parent"], isClosed: false)
        guard counts, let parent = try image.text("parent"), !parent.isEmpty else { return }
        guard !parent.utf8.contains(UInt8(ascii: "/")) else {
            throw ImageRefusal("image.name", name, "has a parent that is a path, not an id")
        }
        noteParent()
        _ = try documents.bytes("\(parent)/json", from: name)
    }
}
