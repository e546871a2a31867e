using System.Text;

namespace RaftAkka.Processes.Support;

/// <summary>The processes of this machine, from <c>/proc</c>.</summary>
internal static class ProcessList
{
    /// <summary>The command lines that mention a text.</summary>
    public static IReadOnlyList<string> With(string text)
    {
        var found = new List<string>();
        foreach (var process in Directory.EnumerateDirectories("/proc").Where(IsProcess))
        {
            try
            {
                var line = Encoding.UTF8.GetString(File.ReadAllBytes(Path.Combine(process, "cmdline"))).Replace('\0', ' ');
                if (line.Contains(text, StringComparison.Ordinal)) found.Add(line);
            }
            catch (IOException)
            {
                // It ended between the listing and the reading, so it is not running.
                continue;
            }
        }
        return found;
    }

    private static bool IsProcess(string directory) => Path.GetFileName(directory).All(char.IsAsciiDigit);
}
