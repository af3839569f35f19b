/// How large a message head may be.
package struct HeadLimits: Hashable, Sendable {
    /// The most bytes of a head, its empty line included. Build requests carry arguments and labels
    /// in their target, so this is larger than the 8 KiB of most servers.
    package var maximumBytes: Int
    /// The most field lines.
    package var maximumFields: Int

    /// Makes limits; stock clients stay far below the defaults.
    package init(maximumBytes: Int = 128 * 1024, maximumFields: Int = 64) {
        self.maximumBytes = maximumBytes
        self.maximumFields = maximumFields
    }
}
