/// Whose things are, for views of answers.
package struct Owners {
    /// Says whose an object is.
    package let objects: Sighting.Owner
    /// What tenants call images.
    package let images: ImageNames

    /// Puts them together; without any everything is the administrators'.
    package init(
        objects: @escaping Sighting.Owner = { _ in nil },
        images: ImageNames = ImageNames()
    ) {
        self.objects = objects
        self.images = images
    }
}
