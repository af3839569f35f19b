package import Acts
package import EngineAPI

/// What an archive holds is judged before its end is written.
extension Exchange {
    /// Hands the judge of the request's archive to who moves its bytes; nil when there is none.
    package mutating func takeArchive() -> ArchiveJudge? {
        defer { archive = nil }
        return archive
    }

    /// The whole archive has passed, but for its end.
    ///
    /// - Parameter contents: What it turned out to hold.
    /// - Returns: To judge what it asks for, or to write its end.
    package mutating func archiveEnded(_ contents: ArchiveContents) -> Action {
        guard case .open(var open) = state, open.relayed == nil else { return abort() }
        open.contents = contents
        state = .open(open)
        guard let act = contents.act else { return endArchive(Facts()) { nil } }
        return .judgeContents(act)
    }

    /// Something in the archive is refused, at its place or at its end.
    package mutating func archiveRefused(_ refusal: BodyRefusal) -> Action {
        guard case .open(let open) = state, open.relayed == nil else { return abort() }
        return refuse(Answer(refusal))
    }

    /// The policy has spoken about what the archive holds.
    ///
    /// - Parameters:
    ///   - decision: What it said.
    ///   - facts: What the images are that it takes from.
    ///   - anchor: Makes an anchor for an image that it holds.
    /// - Returns: To write the archive's end, or to answer with the refusal.
    package mutating func contentsDecided(
        _ decision: Decision, seeing facts: Facts, anchor: @escaping () -> ImageAnchor? = { nil }
    ) -> Action {
        guard case .open(let open) = state, open.contents != nil else { return abort() }
        switch decision {
        case .refuse(let refusal): return refuse(Answer(refusal))
        case .permit(let permit):
            contentsPermit = permit
            return endArchive(facts, anchor)
        }
    }

    private mutating func endArchive(
        _ facts: Facts, _ anchor: @escaping () -> ImageAnchor?
    ) -> Action {
        guard case .open(let open) = state, let contents = open.contents else { return abort() }
        let isShared = contentsPermit?.obligations.contains(.keepImagesApart) == true
        do throws(BodyRefusal) {
            let (files, made) = try contents.files(
                seeing: facts, for: isShared ? contentsPermit?.tenant : nil, anchor: anchor)
            namings += made
            if !made.isEmpty { imageTelling = ImageTelling(namings) }
            return .endArchive(files: files.map { ArchiveFile(name: $0.name, content: $0.content) })
        } catch {
            return refuse(Answer(error))
        }
    }
}
