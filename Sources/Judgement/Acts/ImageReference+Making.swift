extension ImageReference {
    /// Reads a reference; nil when the text is none.
    package init?(_ text: String) {
        do {
            try self.init(parsing: text)
        } catch {
            return nil
        }
    }

    /// The name that an image is given: a repository, whose own tag another one replaces. Nil for
    /// what no image can be given, digests among it.
    ///
    /// - Parameters:
    ///   - repository: Host and path, with or without a tag.
    ///   - tag: Replaces the repository's; empty leaves it.
    package init?(repository: String, tag: String) {
        guard let named = ImageReference(repository), named.digest == nil else { return nil }
        guard !tag.isEmpty else {
            self = named
            return
        }
        guard let tagged = ImageReference("\(named.name):\(tag)"), tagged.digest == nil else {
            return nil
        }
        self = tagged
    }
}
