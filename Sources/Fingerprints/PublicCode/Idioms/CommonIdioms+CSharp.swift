extension CommonIdioms {
    static let cSharp = #"""
        using System;
        using System.Collections.Generic;
        using System.IO;
        using System.Linq;
        using System.Text;
        using System.Threading.Tasks;
        namespace Example
        {
            public class Item : IDisposable, INotifyPropertyChanged
            {
                private string name;
                private readonly ILogger<Item> _logger;
                public event PropertyChangedEventHandler PropertyChanged;
                public int Id { get; set; }
                public string Name { get; set; }
                public List<string> Items { get; set; }
                public string Title
                {
                    get { return name; }
                    set
                    {
                        if (name == value) return;
                        name = value;
                        OnPropertyChanged("Title");
                    }
                }
                public int Size
                {
                    get { return size; }
                    set { size = value; }
                }
                public Item(string name, int size)
                {
                    this.name = name;
                    this.size = size;
                }
                protected void OnPropertyChanged(string name)
                {
                    PropertyChangedEventHandler handler = PropertyChanged;
                    if (handler != null) handler(this, new PropertyChangedEventArgs(name));
                }
                public override bool Equals(object obj)
                {
                    if (obj == null || GetType() != obj.GetType()) return false;
                    Item other = obj as Item;
                    if (other == null) return false;
                    return name == other.name;
                }
                public override int GetHashCode()
                {
                    return name.GetHashCode();
                }
                public override string ToString()
                {
                    return string.Format("{0}: {1}", name, size);
                }
                public void Dispose()
                {
                    Dispose(true);
                    GC.SuppressFinalize(this);
                }
                protected override void Dispose(bool disposing)
                {
                    if (disposing && (components != null))
                    {
                        components.Dispose();
                    }
                    base.Dispose(disposing);
                }
                private void InitializeComponent()
                {
                    this.button = new System.Windows.Forms.Button();
                    this.label = new System.Windows.Forms.Label();
                    this.SuspendLayout();
                    // button
                    this.button.Anchor = ((System.Windows.Forms.AnchorStyles)((System.Windows.Forms.AnchorStyles.Bottom | System.Windows.Forms.AnchorStyles.Right)));
                    this.button.DialogResult = System.Windows.Forms.DialogResult.OK;
                    this.button.Location = new System.Drawing.Point(10, 10);
                    this.button.Name = "button";
                    this.button.Size = new System.Drawing.Size(75, 23);
                    this.button.TabIndex = 1;
                    this.button.Text = "OK";
                    this.button.UseVisualStyleBackColor = true;
                    this.button.Click += new System.EventHandler(this.OnClick);
                    // label
                    this.label.AutoSize = true;
                    this.label.Location = new System.Drawing.Point(10, 10);
                    this.label.Name = "label";
                    this.label.Size = new System.Drawing.Size(75, 13);
                    this.label.TabIndex = 0;
                    this.label.Text = "Label";
                    // Form
                    this.AutoScaleDimensions = new System.Drawing.SizeF(6F, 13F);
                    this.AutoScaleMode = System.Windows.Forms.AutoScaleMode.Font;
                    this.ClientSize = new System.Drawing.Size(284, 261);
                    this.Controls.Add(this.button);
                    this.Controls.Add(this.label);
                    this.FormBorderStyle = System.Windows.Forms.FormBorderStyle.FixedDialog;
                    this.MaximizeBox = false;
                    this.MinimizeBox = false;
                    this.Name = "Form";
                    this.ShowInTaskbar = false;
                    this.StartPosition = System.Windows.Forms.FormStartPosition.CenterScreen;
                    this.Text = "Form";
                    this.ResumeLayout(false);
                    this.PerformLayout();
                }
                private void OnClick(object sender, EventArgs e)
                {
                    try
                    {
                        Run();
                    }
                    catch (Exception ex)
                    {
                        MessageBox.Show(ex.Message);
                    }
                }
                public static void Main(string[] args)
                {
                    if (args.Length < 1)
                    {
                        Console.WriteLine("usage");
                        return;
                    }
                    using (StreamReader reader = new StreamReader(path))
                    {
                        string line;
                        while ((line = reader.ReadLine()) != null)
                        {
                            Console.WriteLine(line);
                        }
                    }
                    for (int i = 0; i < items.Length; i++)
                    {
                        items[i] = null;
                    }
                    foreach (var item in items)
                    {
                        Console.WriteLine(item.Name);
                    }
                    if (name == null)
                    {
                        throw new ArgumentNullException("name");
                    }
                }
            }
        }
        """#
}
