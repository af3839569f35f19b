import Archive

struct LoadedImages {
    let tags: [String] = []
    let labels: [String] = []
    let triggers: [String] = []
    init(_ files: ImageFiles) throws(BodyRefusal) {}
}
