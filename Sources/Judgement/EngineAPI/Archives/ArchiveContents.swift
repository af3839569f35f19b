package import Acts
import Archive
import JSON

/// What an archive turned out to hold, and what that asks for.
package struct ArchiveContents: Sendable {
    private enum Kind {
        /// Files that mean nothing by themselves.
        case files
        /// A build's context.
        case build(Dockerfile, ignore: FoundFile?)
        /// Images, and the documents that name them where they get other names.
        case images(LoadedImages, RenamedImages?)
    }

    /// What would be done with what the archive holds; nil when that was judged already.
    package let act: Act?
    /// True when images that a build takes from are to be brought up to date first.
    package let pullsImages: Bool
    private let kind: Kind

    /// Each name may cost a question to the engine.
    private static let maximumTags = 256

    /// The file under which a build's Dockerfile is sent again: no client's archive names it.
    package static let dockerfile = ".quaymaster-dockerfile"

    init(
        _ sieve: ArchiveSieve, of draft: Draft, renames: Bool = false,
        sha256: @escaping ([UInt8]) -> String
    ) throws(BodyRefusal) {
        pullsImages = !["", "0", "false"].contains(draft.call.query.value("pull"))
        if let file = sieve.dockerfile {
            let dockerfile = try Self.read(file, draft.call.query)
            kind = .build(dockerfile, ignore: sieve.dockerignore)
            act = Self.act(of: dockerfile, in: draft.act)
        } else if let files = sieve.imageFiles {
            let images = try Self.read(files, sha256)
            kind = .images(images, renames ? RenamedImages(files.documents) : nil)
            act = try Self.act(of: images, in: draft.act)
        } else {
            kind = .files
            act = nil
        }
    }

    private static func read(_ file: FoundFile, _ query: Query) throws(BodyRefusal) -> Dockerfile {
        var arguments: [String: String?] = [:]
        let given = ParameterValue.json(query.value("buildargs"))?.object?.members ?? []
        for member in given { arguments[member.name] = .some(member.value.string) }
        do {
            return try Dockerfile(
                parsing: file.content, arguments: arguments, target: query.value("target"))
        } catch {
            throw BodyRefusal(error, in: file.name)
        }
    }

    // MARK: Builds

    private static func act(of dockerfile: Dockerfile, in build: Act) -> Act {
        var act = Act(
            operation: build.operation, verbs: build.verbs, harm: build.harm,
            creates: build.creates)
        for use in dockerfile.images {
            let origin = "Dockerfile:\(use.line)"
            act.references.append(Reference(.image, use.reference, origin: origin))
            let name = ImageReference(use.reference)?.canonical ?? use.reference
            act.demands.append(Demand(.image(name), origin: origin))
        }
        act.demands += dockerfile.fetches.map {
            Demand(.fetch($0.address), origin: "Dockerfile:\($0.line)")
        }
        act.demands += dockerfile.labels.map { Demand(.label($0), origin: "Dockerfile") }
        return act
    }

    /// The files that the archive is sent with at its end.
    ///
    /// - Parameters:
    ///   - facts: What the images are that a Dockerfile takes from.
    ///   - tenant: Whose images are kept apart, on an engine that tenants share.
    ///   - anchor: Makes an anchor for an image that gets another name.
    /// - Returns: Names and contents, and what images that get other names are called.
    /// - Throws: `BodyRefusal` for an image whose triggers are not accepted.
    package func files(
        seeing facts: Facts, for tenant: String?, anchor: @escaping () -> ImageAnchor? = { nil }
    ) throws(BodyRefusal) -> (
        files: [(name: String, content: [UInt8])], namings: [ImageNaming]
    ) {
        switch kind {
        case .files: return ([], [])
        case .images(let images, let renamed):
            if let tenant { try Self.check(images, of: tenant) }
            guard let renamed else { return ([], []) }
            guard let written = renamed.written(anchor) else {
                throw BodyRefusal(
                    sentence: "the image archive cannot be given the tenant's names",
                    rule: "archive.name")
            }
            return written
        case .build(let dockerfile, let ignore):
            var ids: [String: String] = [:]
            for reference in act?.references ?? [] {
                guard case .found(let id, _)? = facts[reference] else { continue }
                ids[reference.text] = id
            }
            try Self.check(dockerfile, act, facts, isShared: tenant != nil)
            let labels = tenant.map { [(StampedLabel.tenant, $0)] } ?? []
            do {
                let text = try dockerfile.text(pinning: ids, labelling: labels)
                let files = [(Self.dockerfile, text), (Self.ignoreFile, Self.ignoring(ignore))]
                return (files, [])
            } catch {
                throw BodyRefusal(error, in: "the Dockerfile")
            }
        }
    }

    /// Triggers run in the build, and an image for another platform would be built for this one.
    private static func check(
        _ dockerfile: Dockerfile, _ act: Act?, _ facts: Facts, isShared: Bool
    ) throws(BodyRefusal) {
        for (use, reference) in zip(dockerfile.images, act?.references ?? []) {
            guard let image = facts.images[reference] else { continue }
            let asked = use.platform ?? ""
            if !asked.isEmpty, !image.platform.isEmpty, !isSame(asked, image.platform) {
                throw BodyRefusal(
                    sentence: "line \(use.line): the image \(use.reference) is here for "
                        + "\(image.platform), not for \(Name.shown(asked)); pull it for that "
                        + "platform first", rule: "dockerfile.platform")
            }
            guard use.purpose == .base else { continue }
            do {
                let triggers = try ImageTriggers(judging: image.triggers)
                // They run before the first label of ours, so the engine's cache would share them.
                guard isShared, triggers.runsSteps else { continue }
            } catch {
                throw BodyRefusal(error, in: "a trigger of the image \(use.reference)")
            }
            throw BodyRefusal(
                sentence: "the image \(use.reference) runs steps of its own in a build that begins "
                    + "from it (ONBUILD), which tenants of a shared engine may not; write the steps "
                    + "into the Dockerfile", rule: "dockerfile.trigger")
        }
    }

    /// True when an image's platform is the one that is asked for; a variant may be left out.
    private static func isSame(_ asked: String, _ given: String) -> Bool {
        let asked = asked.lowercased(), given = given.lowercased()
        return given == asked || given.hasPrefix(asked + "/") || asked.hasPrefix(given + "/")
            || given.hasSuffix("/" + asked)
    }

    private static let ignoreFile = ".dockerignore"

    /// A `.dockerignore` that leaves our Dockerfile out of the context once the engine has read it,
    /// and itself where the client sent none: what `COPY .` copies is what the client sent.
    private static func ignoring(_ own: FoundFile?) -> [UInt8] {
        var text = own?.content ?? []
        if !text.isEmpty, text.last != 0x0A { text.append(0x0A) }
        text += (dockerfile + "\n").utf8
        if own == nil { text += (ignoreFile + "\n").utf8 }
        return text
    }

    // MARK: Images

    private static func read(
        _ files: ImageFiles, _ sha256: @escaping ([UInt8]) -> String
    ) throws(BodyRefusal) -> LoadedImages {
        do {
            return try LoadedImages(
                documents: files.documents, files: files.files, links: files.links, sha256: sha256)
        } catch {
            throw BodyRefusal(sentence: error.sentence, rule: error.rule)
        }
    }

    /// Labels of ours in an image say whose it is; a tenant brings its own, or nobody's. A parent would
    /// bring what the image holds into others' builds by way of the engine's cache.
    private static func check(
        _ images: LoadedImages, of tenant: String
    ) throws(BodyRefusal) {
        if images.haveParents {
            throw BodyRefusal(
                sentence: "an image in the archive names the image that it was built from, which "
                    + "would reach into the build cache of others; save each image alone",
                rule: "archive.parent")
        }
        for (name, value) in images.labels.joined() where StampedLabel.isReserved(name) {
            // An image that was committed has its container's seal in its history, a copy that proves
            // nothing.
            let isOwn =
                [StampedLabel.identity, StampedLabel.seal, StampedLabel.name].contains(name)
                || (name == StampedLabel.tenant && (value.isEmpty || value == tenant))
            if isOwn { continue }
            throw BodyRefusal(
                sentence: "an image in the archive carries the label \(Name.shown(name)) of "
                    + "somebody else, which only the gateway sets; build it anew without it",
                rule: "archive.label")
        }
    }

    private static func act(of images: LoadedImages, in load: Act) throws(BodyRefusal) -> Act {
        var act = Act(
            operation: load.operation, verbs: load.verbs, harm: load.harm, creates: load.creates)
        guard images.tags.count <= Self.maximumTags else {
            throw BodyRefusal(
                sentence: "the archive gives more than \(Self.maximumTags) names to images; load "
                    + "them in several archives", rule: "archive.size")
        }
        for tag in images.tags {
            guard let name = ImageReference(tag), name.digest == nil else {
                throw BodyRefusal(
                    sentence: "the archive names an image \(Name.shown(tag)), which is no name "
                        + "that an image can be given", rule: "archive.name")
            }
            act.references.append(
                Reference(.image, name.canonical, origin: "archive", use: .makes))
        }
        if let refusal = Dockerfile.objection(toTriggers: images.triggers) {
            throw BodyRefusal(refusal, in: "a trigger of an image in the archive")
        }
        return act
    }
}
