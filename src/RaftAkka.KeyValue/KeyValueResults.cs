namespace RaftAkka.KeyValue;

/// <summary>How a delete ended.</summary>
/// <param name="Deleted">Whether the key was there. If it was not, nothing changed.</param>
/// <param name="Revision">The store's revision afterwards.</param>
public readonly record struct DeleteResult(bool Deleted, long Revision);

/// <summary>How a compare-and-swap ended.</summary>
/// <param name="Swapped">
/// Whether the key was as expected and has the new value now. If not, nothing changed.
/// </param>
/// <param name="Revision">The store's revision afterwards.</param>
/// <param name="Current">The key's numbers afterwards, or null where it is absent.</param>
/// <param name="CurrentValue">
/// The value that was not the expected one. Null after a swap, where the key is absent, and where the value
/// is longer than <see cref="KeyValueLimits.ResultValueBytesMax"/>; read that by a get.
/// </param>
public readonly record struct CompareAndSwapResult(
    bool Swapped, long Revision, KeyVersion? Current, ReadOnlyMemory<byte>? CurrentValue);

/// <summary>One page of a list.</summary>
/// <param name="Revision">
/// The store's revision when the page was read. Pages of one revision show one state; where it differs, the
/// store changed in between.
/// </param>
/// <param name="Entries">The entries, in the order of their keys' bytes.</param>
/// <param name="Next">The key that the next page begins with, or null on the last page.</param>
public sealed record KeyValuePage(
    long Revision, IReadOnlyList<KeyValueEntry> Entries, ReadOnlyMemory<byte>? Next);

/// <summary>
/// What the cluster answered is no answer of a key-value machine: it runs another one, or another version.
/// A command that was answered so may have been applied.
/// </summary>
public sealed class KeyValueException : Exception
{
    internal KeyValueException(string message) : base(message)
    {
    }
}
