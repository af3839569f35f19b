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
        /// Images.
        case images
    }

    /// What would be done with what the archive holds; nil when that was judged already.
    package let act: Act?
    /// True when images that a build takes from are to be brought up to date first.
    package let pullsImages: Bool
    private let kind: Kind

    /// The file under which a build's Dockerfile is sent again: no client's archive names it.
    package static let dockerfile = ".quaymaster-dockerfile"

    init(_ sieve: ArchiveSieve, of draft: Draft) throws(BodyRefusal) {
        pullsImages = !["", "0", "false"].contains(draft.call.query.value("pull"))
        if let file = sieve.dockerfile {
            let dockerfile = try Self.read(file, draft.call.query)
            kind = .build(dockerfile, ignore: sieve.dockerignore)
            act = Self.act(of: dockerfile, in: draft.act)
        } else if let files = sieve.imageFiles {
            let images = try LoadedImages(files)
            kind = .images
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
            operation: build.operation, verbs: build.verbs, harm: build.harm)
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
    ///   - tenant: Whose build it is, on an engine that tenants share: its cache is kept apart.
    /// - Throws: `BodyRefusal` for an image whose triggers are not accepted.
    package func files(
        seeing facts: Facts, for tenant: String?
    ) throws(BodyRefusal) -> [(name: String, content: [UInt8])] {
        switch kind {
        case .files, .images: return []
        case .build(let dockerfile, let ignore):
            var ids: [String: String] = [:]
            for reference in act?.references ?? [] {
                guard case .found(let id, _)? = facts[reference] else { continue }
                ids[reference.text] = id
            }
            try Self.check(dockerfile, act, facts)
            let labels = tenant.map { [(StampedLabel.tenant, $0)] } ?? []
            do {
                let text = try dockerfile.text(pinning: ids, labelling: labels)
                return [(Self.dockerfile, text), (Self.ignoreFile, Self.ignoring(ignore))]
            } catch {
                throw BodyRefusal(error, in: "the Dockerfile")
            }
        }
    }

    /// Triggers run in the build, and an image for another platform would be built for this one.
    private static func check(
        _ dockerfile: Dockerfile, _ act: Act?, _ facts: Facts
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
            guard use.purpose == .base,
                let refusal = Dockerfile.objection(toTriggers: image.triggers)
            else { continue }
            throw BodyRefusal(refusal, in: "a trigger of the image \(use.reference)")
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

    private static func act(of images: LoadedImages, in load: Act) throws(BodyRefusal) -> Act {
        var act = Act(
            operation: load.operation, verbs: load.verbs, harm: load.harm, creates: load.creates)
        for tag in images.tags {
            guard let name = ImageReference(tag), name.digest == nil else {
                throw BodyRefusal(
                    sentence: "the archive names an image \(Name.shown(tag)), which is no name "
                        + "that an image can be given", rule: "archive.name")
            }
            act.references.append(
                Reference(.image, name.canonical, origin: "archive", use: .makes))
        }
        for label in images.labels where StampedLabel.isReserved(label) {
            throw BodyRefusal(
                sentence: "an image in the archive carries the label \(Name.shown(label)), which "
                    + "only the gateway sets; build it anew without it", rule: "archive.label")
        }
        if let refusal = Dockerfile.objection(toTriggers: images.triggers) {
            throw BodyRefusal(refusal, in: "a trigger of an image in the archive")
        }
        return act
    }
}
