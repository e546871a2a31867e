using System.Text;

namespace RaftAkka.KeyValue;

// The same methods for keys and values that are text.
public sealed partial class KeyValueClient
{
    // Strict: a lenient encoder would send two different broken texts as the same key.
    private static readonly UTF8Encoding Utf8 =
        new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <inheritdoc cref="PutAsync(ReadOnlyMemory{byte}, ReadOnlyMemory{byte}, TimeSpan?,
    /// CancellationToken)"/>
    public Task<KeyVersion> PutAsync(
        string key, string value, TimeSpan? timeout = null, CancellationToken cancellationToken = default) =>
        PutAsync(Utf8.GetBytes(key), Utf8.GetBytes(value), timeout, cancellationToken);

    /// <inheritdoc cref="GetAsync(ReadOnlyMemory{byte}, TimeSpan?, CancellationToken)"/>
    public Task<KeyValueEntry?> GetAsync(
        string key, TimeSpan? timeout = null, CancellationToken cancellationToken = default) =>
        GetAsync(Utf8.GetBytes(key), timeout, cancellationToken);

    /// <inheritdoc cref="DeleteAsync(ReadOnlyMemory{byte}, TimeSpan?, CancellationToken)"/>
    public Task<DeleteResult> DeleteAsync(
        string key, TimeSpan? timeout = null, CancellationToken cancellationToken = default) =>
        DeleteAsync(Utf8.GetBytes(key), timeout, cancellationToken);

    /// <inheritdoc
    ///   cref="CompareAndSwapAsync(ReadOnlyMemory{byte}, byte[], ReadOnlyMemory{byte}, TimeSpan?,
    ///   CancellationToken)"/>
    public Task<CompareAndSwapResult> CompareAndSwapAsync(
        string key, string? expected, string value,
        TimeSpan? timeout = null, CancellationToken cancellationToken = default) =>
        CompareAndSwapAsync(
            Utf8.GetBytes(key), expected is null ? null : Utf8.GetBytes(expected), Utf8.GetBytes(value),
            timeout, cancellationToken);

    /// <inheritdoc
    ///   cref="CompareAndSwapAsync(ReadOnlyMemory{byte}, long, ReadOnlyMemory{byte}, TimeSpan?,
    ///   CancellationToken)"/>
    public Task<CompareAndSwapResult> CompareAndSwapAsync(
        string key, long expectedModRevision, string value,
        TimeSpan? timeout = null, CancellationToken cancellationToken = default) =>
        CompareAndSwapAsync(
            Utf8.GetBytes(key), expectedModRevision, Utf8.GetBytes(value), timeout, cancellationToken);

    /// <inheritdoc
    ///   cref="ListPageAsync(ReadOnlyMemory{byte}, ReadOnlyMemory{byte}, int, TimeSpan?,
    ///   CancellationToken)"/>
    public Task<KeyValuePage> ListPageAsync(
        string prefix, ReadOnlyMemory<byte> from = default, int limit = KeyValueLimits.PageEntriesMax,
        TimeSpan? timeout = null, CancellationToken cancellationToken = default) =>
        ListPageAsync(Utf8.GetBytes(prefix), from, limit, timeout, cancellationToken);

    /// <inheritdoc cref="ListAsync(ReadOnlyMemory{byte}, int, TimeSpan?, CancellationToken)"/>
    public IAsyncEnumerable<KeyValueEntry> ListAsync(
        string prefix, int limit = int.MaxValue,
        TimeSpan? timeout = null, CancellationToken cancellationToken = default) =>
        ListAsync(Utf8.GetBytes(prefix), limit, timeout, cancellationToken);
}
