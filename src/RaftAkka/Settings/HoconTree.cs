using Akka.Configuration.Hocon;

namespace RaftAkka.Settings;

/// <summary>What Akka's parser made of a HOCON text, walked with care.</summary>
internal static class HoconTree
{
    /// <summary>
    /// The mistake of a substitution that leads back to itself, or null. Akka's classes follow such a circle until
    /// the stack overflows and the process ends without a word, so this is to be asked before anything else.
    /// </summary>
    public static string? CircleIn(HoconValue root) =>
        FindCircle(root, new HashSet<object>(ReferenceEqualityComparer.Instance)) is { } name
            ? $"The substitution ${{{name}}} leads back to itself. Write a value in one place of the circle."
            : null;

    /// <summary>What a value is, for a message.</summary>
    public static string Describe(HoconValue value) =>
        value.IsObject() ? "a section" : value.IsArray() ? "a list" : $"'{value.GetString()}'";

    private static string? FindCircle(object? element, HashSet<object> path)
    {
        if (element is null) return null;
        if (!path.Add(element)) return "";

        IEnumerable<object?> inside = element switch
        {
            HoconValue value => value.Values,
            HoconObject section => section.Items.Values,
            HoconArray list => list,
            HoconSubstitution substitution => [substitution.ResolvedValue],
            _ => [],
        };
        var circle = inside.Select(inner => FindCircle(inner, path)).FirstOrDefault(name => name is not null);
        path.Remove(element);
        return circle is "" && element is HoconSubstitution { Path: var own } ? own : circle;
    }
}
