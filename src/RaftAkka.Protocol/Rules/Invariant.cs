namespace RaftAkka.Protocol;

/// <summary>Checks what must hold whatever the network and the disks do. Always on; a broken one stops the node.</summary>
public static class Invariant
{
    /// <summary>Checks an invariant.</summary>
    /// <param name="condition">What must hold.</param>
    /// <param name="because">Why it must.</param>
    /// <exception cref="InvariantBrokenException">It does not.</exception>
    public static void Holds(bool condition, string because)
    {
        if (!condition) throw new InvariantBrokenException(because);
    }
}

/// <summary>Something happened that cannot happen: a bug, or damaged memory. The node stops rather than go on from it.</summary>
/// <param name="because">The invariant that was broken.</param>
public sealed class InvariantBrokenException(string because) : Exception($"A broken invariant: {because}.");
