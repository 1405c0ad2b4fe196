"""The virtual machine of the notes as an Azure template: built, checked, priced, deployed."""
