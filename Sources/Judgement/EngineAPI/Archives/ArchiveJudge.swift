package import Archive

/// Judges a streamed archive for its operation, and writes it anew.
///
/// Content passes through; the archive's end is written only when what it holds has been judged, so
/// an engine never has a complete body of what was refused.
package struct ArchiveJudge: Sendable {
    private var sieve: ArchiveSieve
    private let draft: Draft
    private let renames: Bool

    /// Makes a judge; nil when the request carries no archive that is judged.
    ///
    /// - Parameters:
    ///   - draft: The request.
    ///   - renames: True when the images in the archive get other names than it gives them.
    package init?(_ draft: Draft, renames: Bool = false) {
        guard let purpose = draft.archivePurpose else { return nil }
        self.renames = renames && purpose == .load
        sieve = ArchiveSieve(purpose, heldBack: self.renames ? RenamedImages.documents : [])
        self.draft = draft
    }

    /// Judges the next bytes and appends canonical bytes to send on.
    ///
    /// - Throws: `BodyRefusal` naming the entry.
    package mutating func receive(
        _ bytes: ArraySlice<UInt8>, appendingTo output: inout [UInt8]
    ) throws(BodyRefusal) {
        do {
            try sieve.receive(bytes, appendingTo: &output)
        } catch {
            throw BodyRefusal(error)
        }
    }

    /// Judges what can be judged only when everything has come.
    ///
    /// - Parameter sha256: The digest of bytes, as 64 lower-case hexadecimal digits.
    /// - Returns: What the archive turned out to hold.
    /// - Throws: `BodyRefusal` naming the entry, the line or the image.
    package mutating func inputEnded(
        sha256: @escaping ([UInt8]) -> String
    ) throws(BodyRefusal) -> ArchiveContents {
        do {
            try sieve.inputEnded()
        } catch {
            throw BodyRefusal(error)
        }
        return try ArchiveContents(sieve, of: draft, renames: renames, sha256: sha256)
    }

    /// Writes the last files and the archive's end.
    package mutating func finish(adding files: [(name: String, content: [UInt8])]) -> [UInt8] {
        sieve.finish(adding: files)
    }
}

extension Draft {
    /// What the request's archive is for; nil when it carries none, or one that only a privileged
    /// identity may send.
    package var archivePurpose: ArchiveSieve.Purpose? {
        switch call.operation.name {
        // Devices in an image or a container are files: what may use them is not said by them.
        case "PutContainerArchive": .copyIn(devices: true)
        case "ImageCreate": call.query.value("fromSrc") == "-" ? .importRoot(devices: true) : nil
        case "ImageBuild": .buildContext(dockerfile: call.query.value("dockerfile"))
        case "ImageLoad": .load
        default: nil
        }
    }
}

extension Draft {
    /// Makes the request fit the archive as it is written anew.
    package mutating func sendArchiveAnew() {
        guard call.operation.name == "ImageBuild" else { return }
        // Images are brought here before a build begins from them, by their ids. What a build leaves
        // behind carries the labels of its Dockerfile, so it leaves nothing.
        call.force([
            "dockerfile": ArchiveContents.dockerfile, "pull": "0", "rm": "1", "forcerm": "1",
        ])
    }
}

extension BodyRefusal {
    init(_ refusal: ArchiveRefusal) {
        self.init(sentence: refusal.sentence, rule: refusal.rule.rawValue)
    }

    init(_ refusal: DockerfileRefusal, in file: String) {
        self.init(
            sentence: "\(file): \(refusal.sentence)", rule: refusal.rule.rawValue)
    }
}
