/// Why a compressed stream was refused.
package enum CompressionFailure: Error, Hashable, Sendable {
    /// The data is damaged, or uses what the format does not define.
    case damaged(CompressionFormat)
    /// The stream ends too early.
    case truncated(CompressionFormat)
    /// Something follows the compressed data.
    case trailingData(CompressionFormat)
    /// Decompressing needs more memory than the limit, in bytes.
    case needsMemory(limit: Int)
    /// It becomes larger than the limit, in bytes.
    case tooLarge(limit: Int)
    /// It becomes more than so many times as large.
    case expands(ratio: Int)
    /// There are more parts, one compressed behind the other, than the limit.
    case tooManyParts(limit: Int)
    /// There is no memory left here.
    case outOfMemory

    /// The rule's id.
    package var rule: String {
        switch self {
        case .damaged, .truncated, .trailingData: "compression.format"
        case .needsMemory, .tooLarge, .expands, .tooManyParts: "compression.size"
        case .outOfMemory: "compression.memory"
        }
    }

    /// One sentence for the client: what was wrong and what is accepted.
    package var sentence: String {
        switch self {
        case .damaged(let format): "the \(format.rawValue) data is damaged; compress it anew"
        case .truncated(let format): "the \(format.rawValue) data ends too early: it was cut off"
        case .trailingData(let format):
            "something follows the \(format.rawValue) data; only more of the same may follow"
        case .needsMemory(let limit):
            "the archive needs more than \(limit >> 20) MiB of memory to decompress; compress it "
                + "with a smaller window or dictionary"
        case .tooLarge(let limit): "the archive is larger than \(limit) bytes when decompressed"
        case .expands(let ratio):
            "the archive becomes more than \(ratio) times as large; send it without compression"
        case .tooManyParts(let limit):
            "the archive has more than \(limit) compressed parts, one behind the other"
        case .outOfMemory: "there is no memory to decompress the archive; try again later"
        }
    }
}
