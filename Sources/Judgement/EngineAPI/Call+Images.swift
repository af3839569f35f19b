import Acts

/// Names of images as they were judged.
///
/// Engines take a name without a tag for every tag of the repository when they pull, push or save, where
/// one was judged.
extension Call {
    mutating func nameImages(judgedIn act: Act) {
        switch operation.name {
        case "ImageCreate":
            guard let reference = act.references.first(where: { $0.use == .fetches }),
                let name = ImageReference(reference.text)
            else { return }
            force(["fromImage": name.name, "tag": name.digest ?? name.tag ?? "latest"])
        case "ImagePush":
            guard let reference = act.references.first, let name = ImageReference(reference.text)
            else { return }
            pin(name.name)
            force(["tag": name.tag ?? "latest"])
        default: break
        }
    }
}
