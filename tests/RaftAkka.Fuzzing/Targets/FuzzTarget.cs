namespace RaftAkka.Fuzzing.Targets;

/// <summary>
/// One decoder of bytes from outside. An input passes if the decoder accepts or refuses it in the documented way and
/// allocates in proportion to its length; anything else throws.
/// </summary>
internal abstract class FuzzTarget(string name)
{
    // A decoder may cost this much memory for each byte, and this much for any input (exceptions, buffers).
    private const int AllocatedPerByteMax = 200;
    private const int AllocatedAlwaysMax = 512 * 1024;

    public string Name { get; } = name;

    /// <summary>Well-formed inputs that the fuzzer starts from.</summary>
    public abstract IEnumerable<byte[]> Seeds();

    /// <summary>Runs one input.</summary>
    /// <exception cref="FuzzFailureException">The decoder allocated too much, or does not reproduce what it read.</exception>
    public void Run(byte[] input)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        Decode(input);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        if (allocated > AllocatedAlwaysMax + ((long)AllocatedPerByteMax * input.Length))
            throw new FuzzFailureException($"{Name} allocated {allocated} bytes for {input.Length} bytes of input");
    }

    protected abstract void Decode(byte[] input);

    protected void SameBytes(ReadOnlySpan<byte> expected, ReadOnlySpan<byte> actual)
    {
        if (!expected.SequenceEqual(actual))
            throw new FuzzFailureException($"{Name}: what was decoded does not encode to the same bytes again");
    }
}

/// <summary>A decoder broke a promise.</summary>
internal sealed class FuzzFailureException(string message) : Exception(message);
